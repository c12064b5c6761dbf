namespace Zerocopy;

/// <summary>One of the two ends of a transfer.</summary>
public enum TransferSide
{
    /// <summary>Neither, or both.</summary>
    None,

    /// <summary>The end that is read.</summary>
    Source,

    /// <summary>The end that is written.</summary>
    Destination,

    /// <summary>What gets a copy of the bytes: <see cref="FlowOptions.Mirror"/>, or the target of a tee.</summary>
    Mirror,
}

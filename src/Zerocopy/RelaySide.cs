namespace Zerocopy;

/// <summary>One of the two ends of a relay.</summary>
public enum RelaySide
{
    /// <summary>Neither.</summary>
    None,

    /// <summary>The first argument.</summary>
    Left,

    /// <summary>The second one.</summary>
    Right,
}

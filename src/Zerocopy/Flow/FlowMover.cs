namespace Zerocopy;

/// <summary>How a flow takes its next bytes from the source. Which of them is <see cref="Tactics"/>' to say.</summary>
internal enum FlowMover : byte
{
    /// <summary>By read, for good: the pair cannot be spliced, may not be, or the kernel has refused it.</summary>
    ReadWrite,

    /// <summary>By read, until one promotes to <see cref="FillDrain"/>.</summary>
    Adaptive,

    /// <summary>By splice into a pipe, until something demotes to <see cref="Adaptive"/>.</summary>
    FillDrain,

    /// <summary>By one call from source to destination: one of them is the user's pipe, or the source is a
    /// file.</summary>
    Direct,
}

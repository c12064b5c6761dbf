namespace Zerocopy;

/// <summary>How a flow takes its next bytes from the source.</summary>
internal enum FlowMover : byte
{
    /// <summary>By read, for good: the pair cannot be spliced, may not be, or the kernel has refused it.</summary>
    ReadWrite,

    /// <summary>By read until one fills its block, which promotes to <see cref="FillDrain"/> if its <see
    /// cref="SpliceCredit"/> is good.</summary>
    Adaptive,

    /// <summary>By splice into a pipe; a fill under <see cref="Flow.DemoteBytes"/> demotes, unless zero copy is
    /// required.
    /// </summary>
    FillDrain,

    /// <summary>By one call from source to destination: one of them is the user's pipe, or the source is a
    /// file.</summary>
    Direct,
}

namespace Zerocopy;

/// <summary>What the kernel says of the pages of a file.</summary>
internal enum FilePages : byte
{
    /// <summary>This one is in memory: a call that takes it does not wait.</summary>
    Hot,

    /// <summary>This one is not: a call that takes it waits for the disk.</summary>
    Cold,

    /// <summary>The file system keeps its files in memory.</summary>
    AlwaysHot,

    /// <summary>The file system does not say (overlayfs, FUSE, network file systems).</summary>
    Unknown,
}

namespace Zerocopy;

/// <summary>What became of a piece of a file that a loop was about to send.</summary>
internal enum FilePiece : byte
{
    /// <summary>It was in memory: sent.</summary>
    Hot,

    /// <summary>It was not: left to the thread pool.</summary>
    Cold,

    /// <summary>The file system does not say: the whole file is left to the thread pool.</summary>
    Unknown,

    /// <summary>A piece before it took long: the rest of the file is left to the thread pool.</summary>
    Slow,
}

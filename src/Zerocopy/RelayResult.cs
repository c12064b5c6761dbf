namespace Zerocopy;

/// <summary>What both directions of a relay did, and what ended it.</summary>
public readonly record struct RelayResult
{
    internal RelayResult(
        TransferResult leftToRight,
        TransferResult rightToLeft,
        RelayEnd endedBy,
        int error,
        Exception? exception = null)
    {
        LeftToRight = leftToRight;
        RightToLeft = rightToLeft;
        EndedBy = endedBy;
        Error = error;
        Exception = exception;
    }

    /// <summary>The direction from left to right.</summary>
    public TransferResult LeftToRight { get; }

    /// <summary>The direction from right to left.</summary>
    public TransferResult RightToLeft { get; }

    /// <summary>What ended it; <see cref="RelayEnd.None"/> in a snapshot of a running relay.</summary>
    public RelayEnd EndedBy { get; }

    /// <summary>The errno that ended it, for instance 104 (ECONNRESET); 0 when no error of the kernel did.</summary>
    public int Error { get; }

    /// <summary>What a <see cref="Stream"/>, <see cref="FlowOptions.Progress"/> or another callback of the program
    /// threw, if that ended it, or if it came out while the relay let go of its endpoints; null otherwise.</summary>
    public Exception? Exception { get; }
}

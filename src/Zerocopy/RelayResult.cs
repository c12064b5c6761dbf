namespace Zerocopy;

/// <summary>What both directions of a relay did, and what ended it.</summary>
public readonly record struct RelayResult
{
    private readonly FlowFault? _fault;

    internal RelayResult(
        TransferResult leftToRight,
        TransferResult rightToLeft,
        RelayEnd endedBy,
        RelaySide endedFirst = RelaySide.None,
        FlowFault? fault = null)
    {
        LeftToRight = leftToRight;
        RightToLeft = rightToLeft;
        EndedBy = endedBy;
        EndedFirst = endedFirst;
        _fault = fault;
    }

    /// <summary>The direction from left to right.</summary>
    public TransferResult LeftToRight { get; }

    /// <summary>The direction from right to left.</summary>
    public TransferResult RightToLeft { get; }

    /// <summary>What ended it; <see cref="RelayEnd.None"/> in a snapshot of a running relay.</summary>
    public RelayEnd EndedBy { get; }

    /// <summary>The side that was first to end its stream, to reach its limit, to fail or to be disposed;
    /// <see cref="RelaySide.None"/> if neither had when it was ended. Which of two that end at once is first is
    /// chance.</summary>
    public RelaySide EndedFirst { get; }

    /// <summary>The errno that ended it, for instance 104 (ECONNRESET); 0 when no error of the kernel did.</summary>
    public int Error => _fault?.Error ?? 0;

    /// <summary>The name of <see cref="Error"/>, for instance <c>ECONNRESET</c>; null if that is 0.</summary>
    public string? ErrorName => ResultText.NameOf(Error);

    /// <summary>What ended it, for a log. If a <see cref="Stream"/>, <see cref="FlowOptions.Progress"/> or another
    /// callback of the program threw, or something came out while the relay let go of its endpoints: that exception. If
    /// it was an error of the kernel: a <see cref="TransferException"/> with the counts of the direction that failed,
    /// made when asked for. Null if nothing went wrong, or a timeout, a token or a dispose ended it.</summary>
    public Exception? Exception => _fault is not { } fault ? null
        : fault.Exception ?? (fault.Error == 0 ? null : ThrowHelper.Failed(fault, Failed(fault.Side), default));

    /// <summary>One line, for a log: who ended, how much went up (from left to right) and down, by which mechanism, and
    /// why it ended. The wording may change; the properties do not.</summary>
    /// <returns>For instance <c>left ended: 12.4 MB up (spliced), 310 B down; EndOfStream</c>.</returns>
    public override string ToString() => ToString("left", "right");

    internal string ToString(string left, string right) => ResultText.Of(this, _fault, left, right);

    /// <summary>The direction in which that side is the one that failed.</summary>
    private TransferResult Failed(TransferSide side)
    {
        bool isLeftToRight = side switch
        {
            TransferSide.Source => EndedBy != RelayEnd.RightFailed,
            TransferSide.Destination => EndedBy == RelayEnd.RightFailed,
            _ => LeftToRight.EndedBy is TransferEnd.MirrorFailed or TransferEnd.Failed,
        };
        return isLeftToRight ? LeftToRight : RightToLeft;
    }
}

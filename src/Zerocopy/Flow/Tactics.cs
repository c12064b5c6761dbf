namespace Zerocopy;

/// <summary>What a flow asks its source for next, by what the last calls got. About speed only.</summary>
/// <remarks>Small messages are copied, through a block that stays hot in the cache; a stream is spliced. A read that
/// fills its block shows a stream and promotes; a pause or a small splice demotes. A stream that relapses into small
/// reads shows a few full ones before it is spliced again, and one that has shown little asks for little. Decision
/// 22.</remarks>
internal struct Tactics
{
    /// <summary>The most that one splice asks for: more than a pipe holds, and far under SSIZE_MAX.</summary>
    internal const int SpliceBytesMax = 1024 * 1024;

    /// <summary>The most that it asks for until the stream is proven.</summary>
    internal const int PieceBytes = 64 * 1024;

    /// <summary>A read of less is small, unless no more was asked for.</summary>
    internal const int SmallReadBytes = 16 * 1024;

    /// <summary>A splice of less demotes. Not sensitive between 16 and 64 KiB.</summary>
    internal const int DemoteBytes = 32 * 1024;

    /// <summary>Full reads that must be seen after a relapse.</summary>
    internal const int RelapseReads = 4;

    /// <summary>Full reads and splices that prove a stream: 4 MiB.</summary>
    internal const int ProvenPieces = 64;

    private sbyte _pieces; // Full reads and splices since the last relapse; negative: those that are missing.
    private bool _wasSmall; // The last read was.
    private bool _lacksPipe; // There was none to be had: many flows are busy, so this one takes little at a time.
    private int _asked; // What a full read is.

    internal Tactics(TransferMechanism route, bool mustNotCopy)
    {
        MustNotCopy = mustNotCopy;
        _pieces = mustNotCopy ? (sbyte)ProvenPieces : (sbyte)0;
        Mover = route switch
        {
            TransferMechanism.ReadWrite => FlowMover.ReadWrite,
            TransferMechanism.Splice or TransferMechanism.Sendfile or TransferMechanism.CopyFileRange
                => FlowMover.Direct,
            _ => mustNotCopy ? FlowMover.FillDrain : FlowMover.Adaptive,
        };
    }

    internal FlowMover Mover { get; private set; }

    /// <summary>Zero copy is required: nothing but the route's own call will do.</summary>
    internal bool MustNotCopy { get; }

    /// <param name="blockBytes">What a read may take.</param>
    /// <returns>How much to ask for.</returns>
    internal int Next(int blockBytes) => _asked = Mover switch
    {
        FlowMover.Direct => SpliceBytesMax,
        FlowMover.FillDrain => _pieces == ProvenPieces ? SpliceBytesMax : PieceBytes,
        _ => _lacksPipe ? Math.Min(blockBytes, BlockPool.SmallBytes) : blockBytes,
    };

    /// <param name="count">Bytes that a read got.</param>
    /// <param name="asked">That it asked for, which a limit may have cut.</param>
    /// <returns>True if that promotes.</returns>
    internal bool AfterRead(int count, int asked)
    {
        bool wasSmall = _wasSmall;
        _wasSmall = count < asked && count < SmallReadBytes;
        if (_wasSmall && wasSmall)
        {
            _pieces = -RelapseReads; // One small read after a larger one is only the rest of a segment.
        }

        if (Mover != FlowMover.Adaptive || count < asked || asked != _asked)
        {
            return false;
        }

        CountPiece();
        if (_pieces < 0)
        {
            return false;
        }

        _lacksPipe = false;
        Mover = FlowMover.FillDrain;
        return true;
    }

    /// <param name="count">Bytes that a splice into a pipe got.</param>
    /// <returns>True if that demotes.</returns>
    internal bool AfterSplice(int count)
    {
        if (count >= PieceBytes)
        {
            CountPiece();
        }

        return count < DemoteBytes && TryDemote();
    }

    /// <summary>The source would block: what comes next may be small.</summary>
    /// <returns>True if that demotes.</returns>
    internal bool AfterPause() => TryDemote();

    /// <summary>No pipe was to be had. That passes: the next full read asks again.</summary>
    /// <returns>True if that demotes.</returns>
    internal bool AfterNoPipe()
    {
        _lacksPipe = true;
        return TryDemote();
    }

    /// <summary>The kernel refuses, and will do so again.</summary>
    internal void CopyForGood() => Mover = FlowMover.ReadWrite;

    private bool TryDemote()
    {
        bool demotes = Mover == FlowMover.FillDrain && !MustNotCopy;
        Mover = demotes ? FlowMover.Adaptive : Mover;
        return demotes;
    }

    private void CountPiece() => _pieces = (sbyte)Math.Min(_pieces + 1, ProvenPieces);
}

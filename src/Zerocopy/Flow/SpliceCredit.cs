using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>What a flow's last reads say of the next ones: whether a pipe is worth it, and how much to put into it at
/// once. About speed only.</summary>
/// <remarks>
/// <para>Splicing empties the source's queue sooner than the sender of small pieces fills it, and TCP grants a window
/// that grows to whoever takes much at once: from then on the sender carries each send through the stack by itself,
/// where a full window would have put many together. So a small read after another is a debt that a full one pays,
/// and nothing is spliced meanwhile; a sender that is small from the start begins with a deep one. See decision
/// 15.</para>
/// <para>Negative: full reads owed. Otherwise: pieces taken, less what small reads have cost. An enum, because a struct
/// would cost an idle flow 8 bytes.</para>
/// </remarks>
internal enum SpliceCredit : short
{
    /// <summary>The peer's first sends were small: 256 MiB are copied before they are spliced.</summary>
    SmallSends = -4096,

    /// <summary>The most that small reads can owe: 4 MiB are copied at most before a stream is spliced.</summary>
    DeepestDebt = -64,

    /// <summary>Nothing is owed: a full read promotes.</summary>
    Good = 0,

    /// <summary>4 MiB in full pieces without a small read after another; or nothing but splice will do.</summary>
    Proven = 64,

    /// <summary>As much again: one relapse changes nothing.</summary>
    Best = 128,
}

/// <summary>How it changes, and what follows from it.</summary>
internal static class SpliceCredits
{
    /// <summary>What a read of less says: the queue is empty, and what comes next is small.</summary>
    internal const int SmallReadBytes = 16 * 1024;

    /// <summary>The most that one splice asks for of a flow that is not proven.</summary>
    internal const int PieceBytes = 64 * 1024;

    // Sends of 8 KiB and more gain by splicing, those of 2 KiB lose; 4 KiB hardly differ. The first segments of a
    // connection are as large as the sends; once its window has been full, sends are put together. So of 2 KiB sends,
    // the first read that is not small has seen up to 5,300 bytes a segment.
    private const int SmallSegmentBytes = 6 * 1024;

    // Where no segment can be larger (an MTU of 1,500), their size says nothing of the sends.
    private const int LargeSegmentBytesMin = 16 * 1024;

    // Of a connection that has received more, the first segments are too few to be seen.
    private const int YoungBytesMax = 256 * 1024;

    // What a small read after another costs a flow without debts: all proof, unless there was twice as much.
    private const int LittleCost = 64;

    extension(SpliceCredit credit)
    {
        /// <summary>The most that the next splice asks for.</summary>
        internal int SpliceBytes => credit >= SpliceCredit.Proven ? Flow.SpliceBytesMax : PieceBytes;

        /// <summary>After a read that filled its block, or a splice its piece.</summary>
        internal SpliceCredit AfterPiece() => credit == SpliceCredit.Best ? credit : credit + 1;

        /// <summary>After a second read in a row of less than <see cref="SmallReadBytes"/>.</summary>
        internal SpliceCredit AfterLittle() => credit switch
        {
            > SpliceCredit.Good => (SpliceCredit)Math.Max((int)credit - LittleCost, -1),
            SpliceCredit.DeepestDebt or SpliceCredit.SmallSends => credit,
            _ => credit - 1,
        };
    }

    /// <summary>True if a young connection's first bytes came in segments so small that its peer's sends are.</summary>
    internal static bool AreSmallSends(in TcpArrivals first)
        => first.SegmentBytesMax >= LargeSegmentBytesMin && first.Bytes <= YoungBytesMax
            && first.Segments > 0 && first.Bytes / first.Segments < SmallSegmentBytes;
}

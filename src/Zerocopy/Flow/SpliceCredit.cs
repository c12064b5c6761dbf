namespace Zerocopy;

/// <summary>What a flow's last reads say of the next ones: whether a pipe is worth it, and how much to put into it at
/// once. About speed only.</summary>
/// <remarks>
/// <para>Splicing empties the source's queue sooner than the sender of small pieces fills it, and TCP grants a window
/// that grows to whoever takes much at once: from then on every few sends wake somebody. So a small read after another
/// is a debt that a full one pays, and nothing is spliced meanwhile. See decision 15.</para>
/// <para>Negative: full reads owed. Otherwise: pieces taken, less what small reads have cost. An enum, because a struct
/// would cost an idle flow 8 bytes.</para>
/// </remarks>
internal enum SpliceCredit : short
{
    /// <summary>The most that can be owed: 4 MiB are copied at most before a stream is spliced.</summary>
    DeepestDebt = -64,

    /// <summary>Nothing is owed: a full read promotes.</summary>
    Good = 0,

    /// <summary>32 MiB in full pieces with hardly a small read between them; or nothing but splice will do.</summary>
    Proven = 512,
}

/// <summary>How it changes, and what follows from it.</summary>
internal static class SpliceCredits
{
    /// <summary>What a read of less says: the queue is empty, and what comes next is small.</summary>
    internal const int SmallReadBytes = 16 * 1024;

    /// <summary>The most that one splice asks for of a flow that is not proven.</summary>
    internal const int PieceBytes = 64 * 1024;

    // Of a flow without debts: large sends leave hardly a small read after another, small ones several for each piece.
    private const int LittleCost = 16;

    extension(SpliceCredit credit)
    {
        /// <summary>The most that the next splice asks for.</summary>
        internal int SpliceBytes => credit == SpliceCredit.Proven ? Flow.SpliceBytesMax : PieceBytes;

        /// <summary>After a read that filled its block, or a splice its piece.</summary>
        internal SpliceCredit AfterPiece() => credit == SpliceCredit.Proven ? credit : credit + 1;

        /// <summary>After a second read in a row of less than <see cref="SmallReadBytes"/>.</summary>
        internal SpliceCredit AfterLittle()
            => credit > SpliceCredit.Good ? (SpliceCredit)Math.Max((int)credit - LittleCost, -1)
                : credit == SpliceCredit.DeepestDebt ? credit : credit - 1;
    }
}

using FsCheck;
using FsCheck.Xunit;
using Xunit;

namespace Zerocopy.Properties.Models;

public sealed class SpliceCreditTests
{
    private const int DebtMax = -(int)SpliceCredit.DeepestDebt;
    private const int ProvenPieces = (int)SpliceCredit.Proven;

    // True: a full piece; false: a small read.
    [Property(MaxTest = 1000)]
    public void It_is_good_when_each_small_read_was_paid_by_a_full_one_and_proven_when_none_came_for_long(
        bool[] taken, PositiveInt times)
    {
        SpliceCredit credit = SpliceCredit.Good;
        int owed = 0;
        int inARow = 0;
        for (int i = 0; i < times.Get % 100; i++)
        {
            foreach (bool isFull in taken)
            {
                Take(isFull);
            }
        }

        // Whatever came before: this much makes any flow good again, and this much proves it.
        for (int i = 0; i < DebtMax; i++)
        {
            Take(isFull: true);
        }

        Assert.True(credit >= SpliceCredit.Good);
        while (inARow < ProvenPieces)
        {
            Take(isFull: true);
        }

        Assert.Equal(Flow.SpliceBytesMax, credit.SpliceBytes);
        Take(isFull: false);
        Assert.Equal(SpliceCredit.Good - 1, credit);

        void Take(bool isFull)
        {
            if (isFull)
            {
                credit = credit.AfterPiece();
                inARow = owed == 0 ? inARow + 1 : 0;
                owed = Math.Max(owed - 1, 0);
            }
            else
            {
                credit = credit.AfterLittle();
                inARow = 0;
                owed = Math.Min(owed + 1, DebtMax);
            }

            Assert.Equal(owed == 0, credit >= SpliceCredit.Good);
            Assert.Equal(
                inARow >= ProvenPieces ? Flow.SpliceBytesMax : SpliceCredits.PieceBytes,
                credit.SpliceBytes);
        }
    }

    [Fact]
    public void What_has_nothing_but_splice_asks_for_all_that_a_pipe_holds()
        => Assert.Equal(Flow.SpliceBytesMax, SpliceCredit.Proven.SpliceBytes);
}

using FsCheck.Xunit;
using Xunit;

namespace Zerocopy.Properties.Models;

public sealed class SpliceCreditTests
{
    private const int DebtMax = -(int)SpliceCredit.DeepestDebt;
    private const int ProvenPieces = (int)SpliceCredit.Proven;

    [Property(MaxTest = 1000)]
    public void Whatever_came_before_a_few_pieces_make_it_good_many_prove_it_and_as_few_small_reads_end_that(
        bool[] taken, byte times)
    {
        SpliceCredit credit = SpliceCredit.Good;
        for (int i = 0; i < times; i++)
        {
            foreach (bool isPiece in taken)
            {
                Take(isPiece);
            }
        }

        for (int i = 0; i < DebtMax; i++)
        {
            Take(isPiece: true);
        }

        Assert.True(credit >= SpliceCredit.Good);
        for (int i = 0; i < ProvenPieces; i++)
        {
            Take(isPiece: true);
        }

        Assert.Equal(SpliceCredit.Proven, credit);
        Take(isPiece: false);
        Assert.True(credit > SpliceCredit.Good, "one message costs no stream its pipe");
        for (int i = 0; i < ProvenPieces / 16; i++)
        {
            Take(isPiece: false);
        }

        Assert.True(credit < SpliceCredit.Good);

        void Take(bool isPiece)
        {
            SpliceCredit before = credit;
            credit = isPiece ? credit.AfterPiece() : credit.AfterLittle();
            Assert.InRange(credit, SpliceCredit.DeepestDebt, SpliceCredit.Proven);
            Assert.True(
                isPiece ? credit > before || before == SpliceCredit.Proven
                    : credit < before || before == SpliceCredit.DeepestDebt);
            int most = credit == SpliceCredit.Proven ? Flow.SpliceBytesMax : SpliceCredits.PieceBytes;
            Assert.Equal(most, credit.SpliceBytes);
        }
    }
}

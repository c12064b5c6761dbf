using FsCheck;
using FsCheck.Xunit;
using Xunit;
using Zerocopy.Sys;

namespace Zerocopy.Properties.Models;

public sealed class SpliceCreditTests
{
    private const int DebtMax = -(int)SpliceCredit.DeepestDebt;
    private const int SmallSendsDebt = -(int)SpliceCredit.SmallSends;

    [Property(MaxTest = 1000)]
    public void Whatever_came_before_a_few_pieces_make_it_good_and_as_many_again_prove_it(bool[] taken, byte times)
    {
        SpliceCredit credit = After(SpliceCredit.Good, taken, times);

        credit = After(credit, pieces: DebtMax);
        Assert.True(credit >= SpliceCredit.Good);
        credit = After(credit, pieces: (int)SpliceCredit.Proven);
        Assert.True(credit >= SpliceCredit.Proven);
        credit = After(credit, pieces: (int)SpliceCredit.Best);
        Assert.Equal(SpliceCredit.Best, credit);
        credit = Take(credit, isPiece: false);
        Assert.True(credit >= SpliceCredit.Proven, "one relapse changes nothing");
        credit = Take(credit, isPiece: false);
        Assert.InRange(credit, SpliceCredit.Good, SpliceCredit.Proven - 1);
        credit = Take(credit, isPiece: false);
        Assert.True(credit < SpliceCredit.Good);
    }

    [Property(MaxTest = 200)]
    public void Small_sends_owe_their_whole_debt_and_small_reads_never_more(bool[] taken, byte times, PositiveInt after)
    {
        SpliceCredit credit = After(SpliceCredit.SmallSends, pieces: after.Get % SmallSendsDebt);
        Assert.True(credit < SpliceCredit.Good);

        credit = After(credit, taken, times);
        credit = After(credit, pieces: SmallSendsDebt);
        Assert.True(credit >= SpliceCredit.Good);
    }

    [Property(MaxTest = 500)]
    public void First_sends_are_small_if_segments_could_be_large_and_are_not(
        PositiveInt segments, PositiveInt hundreds, PositiveInt thousands)
    {
        int size = hundreds.Get * 100;
        TcpArrivals arrivals = new((long)size * segments.Get, segments.Get, thousands.Get * 1000);
        bool areFirst = arrivals.Bytes <= 256 * 1024;
        bool couldBeLarge = arrivals.SegmentBytesMax >= 16 * 1024;

        Assert.Equal(size < 6 * 1024 && areFirst && couldBeLarge, SpliceCredits.AreSmallSends(arrivals));
    }

    [Theory]
    [InlineData(0, 0, 65483)] // Nothing is known: an old kernel, or not TCP.
    [InlineData(1 << 17, 1 << 7, 1448)] // An MTU of 1,500: 1 KiB is no small part of what a segment can be.
    [InlineData(1 << 17, 1 << 4, 65483)] // Sends of 8 KiB.
    [InlineData(1 << 20, 1 << 10, 65483)] // A connection that has talked for long, before there was a flow.
    public void Others_are_not_small(long bytes, int segments, int most)
        => Assert.False(SpliceCredits.AreSmallSends(new TcpArrivals(bytes, segments, most)));

    [Fact]
    public void Sends_of_1_KiB_are()
        => Assert.True(SpliceCredits.AreSmallSends(new TcpArrivals(1 << 17, 1 << 7, 65483)));

    private static SpliceCredit After(SpliceCredit credit, int pieces)
        => After(credit, [true], pieces);

    private static SpliceCredit After(SpliceCredit credit, bool[] taken, int times)
    {
        for (int i = 0; i < times; i++)
        {
            foreach (bool isPiece in taken)
            {
                credit = Take(credit, isPiece);
            }
        }

        return credit;
    }

    private static SpliceCredit Take(SpliceCredit before, bool isPiece)
    {
        SpliceCredit credit = isPiece ? before.AfterPiece() : before.AfterLittle();
        Assert.InRange(credit, SpliceCredit.SmallSends, SpliceCredit.Best);
        Assert.True(before < SpliceCredit.DeepestDebt || credit >= SpliceCredit.DeepestDebt, "4 MiB pay for all reads");
        Assert.True(
            isPiece ? credit > before || before == SpliceCredit.Best
                : credit < before || before is SpliceCredit.DeepestDebt or SpliceCredit.SmallSends);
        int most = credit >= SpliceCredit.Proven ? Flow.SpliceBytesMax : SpliceCredits.PieceBytes;
        Assert.Equal(most, credit.SpliceBytes);
        return credit;
    }
}

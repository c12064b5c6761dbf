// What a flow asks for next, by nothing but what its last calls got.
using FsCheck.Xunit;
using Xunit;

namespace Zerocopy.Properties.Models;

public sealed class TacticsTests
{
    private const int Block = BlockPool.LargeBytes;
    private const int Small = Tactics.SmallReadBytes - 1;

    [Fact]
    public void A_full_read_promotes_and_a_small_splice_or_a_pause_demotes()
    {
        Tactics tactics = Fresh();
        Assert.False(Read(ref tactics, Block - 1));
        Assert.True(Read(ref tactics, Block));
        Assert.Equal((FlowMover.FillDrain, Tactics.PieceBytes), (tactics.Mover, tactics.Next(Block)));
        Assert.False(tactics.AfterSplice(Tactics.DemoteBytes));
        Assert.True(tactics.AfterSplice(Tactics.DemoteBytes - 1));
        Assert.Equal((FlowMover.Adaptive, Block), (tactics.Mover, tactics.Next(Block)));

        Assert.True(Read(ref tactics, Block));
        Assert.True(tactics.AfterPause());
        Assert.False(tactics.AfterPause());
        Assert.Equal(FlowMover.Adaptive, tactics.Mover);
    }

    [Theory]
    [InlineData(Block, Block, Block, true)]
    [InlineData(Block, Block / 2, Block / 2, false)] // Cut by a limit, a rate, or for want of memory.
    [InlineData(BlockPool.SmallBytes, BlockPool.SmallBytes, BlockPool.SmallBytes, true)] // Memory is short for all.
    [InlineData(Block, Block, Block - 1, false)]
    public void A_read_is_full_if_it_got_all_that_a_read_may_take(int may, int asked, int got, bool promotes)
    {
        Tactics tactics = Fresh();
        Assert.Equal(may, tactics.Next(may));
        Assert.Equal(promotes, tactics.AfterRead(got, asked));
    }

    [Property(MaxTest = 300)]
    public void A_relapse_costs_a_few_full_reads_whatever_came_before(bool[] before)
    {
        Tactics tactics = Fresh();
        Play(ref tactics, before);
        _ = tactics.AfterPause();
        _ = Read(ref tactics, Small);
        _ = Read(ref tactics, Small);

        int reads = 1;
        while (!Read(ref tactics, Block))
        {
            reads++;
        }

        Assert.Equal(Tactics.RelapseReads, reads);
        Assert.Equal(Tactics.PieceBytes, tactics.Next(Block));
    }

    [Fact]
    public void One_small_read_after_a_larger_one_and_any_that_are_not_small_cost_nothing()
    {
        Tactics tactics = Fresh();
        foreach (int count in (int[])[Small, Small + 1, Small, Small + 1, Small + 1, Small])
        {
            Assert.False(Read(ref tactics, count));
        }

        Assert.True(Read(ref tactics, Block));
    }

    [Property(MaxTest = 300)]
    public void Who_brings_4_MiB_without_a_relapse_is_asked_for_all_that_a_pipe_holds(bool[] splices)
    {
        Tactics tactics = Fresh();
        for (int piece = 0; piece < Tactics.ProvenPieces; piece++)
        {
            if (tactics.Mover == FlowMover.Adaptive)
            {
                Assert.True(Read(ref tactics, Block));
            }
            else
            {
                Assert.Equal(Tactics.PieceBytes, tactics.Next(Block));
                _ = tactics.AfterSplice(Tactics.PieceBytes);
                if (piece < splices.Length && !splices[piece])
                {
                    _ = tactics.AfterPause(); // Pauses take no proof away.
                }
            }
        }

        _ = tactics.Mover == FlowMover.FillDrain || Read(ref tactics, Block);
        Assert.Equal(Tactics.SpliceBytesMax, tactics.Next(Block));
    }

    [Property(MaxTest = 300)]
    public void Without_a_pipe_it_takes_little_and_asks_again_after_a_full_read(bool[] before)
    {
        Tactics tactics = Fresh();
        Play(ref tactics, before);
        while (tactics.Mover != FlowMover.FillDrain)
        {
            _ = Read(ref tactics, Block);
        }

        Assert.True(tactics.AfterNoPipe());
        Assert.Equal((FlowMover.Adaptive, BlockPool.SmallBytes), (tactics.Mover, tactics.Next(Block)));
        Assert.True(tactics.AfterRead(BlockPool.SmallBytes, BlockPool.SmallBytes));
        _ = tactics.AfterPause();
        Assert.Equal(Block, tactics.Next(Block)); // There was one.
    }

    [Property(MaxTest = 300)]
    public void Refused_it_copies_for_good(bool[] before, bool[] after)
    {
        foreach (TransferMechanism route in Enum.GetValues<TransferMechanism>())
        {
            Tactics tactics = new(route, mustNotCopy: false);
            Play(ref tactics, before);
            tactics.CopyForGood();
            Play(ref tactics, after);
            Assert.Equal((FlowMover.ReadWrite, Block), (tactics.Mover, tactics.Next(Block)));
        }
    }

    [Property(MaxTest = 300)]
    public void Where_zero_copy_is_required_nothing_demotes(bool[] moves)
    {
        Tactics tactics = new(TransferMechanism.SpliceThroughPipe, mustNotCopy: true);
        Play(ref tactics, moves);
        Assert.Equal((FlowMover.FillDrain, Tactics.SpliceBytesMax), (tactics.Mover, tactics.Next(Block)));
    }

    [Theory]
    [InlineData(TransferMechanism.Splice)]
    [InlineData(TransferMechanism.Sendfile)]
    [InlineData(TransferMechanism.CopyFileRange)]
    public void One_call_from_end_to_end_asks_for_much_and_learns_nothing(TransferMechanism route)
    {
        Tactics tactics = new(route, mustNotCopy: false);
        Play(ref tactics, [true, false, false, true, true]);
        Assert.False(tactics.AfterPause());
        Assert.Equal((FlowMover.Direct, Tactics.SpliceBytesMax), (tactics.Mover, tactics.Next(Block)));
    }

    private static Tactics Fresh() => new(TransferMechanism.SpliceThroughPipe, mustNotCopy: false);

    /// <summary>By whatever mover is its own: full ones and small ones.</summary>
    private static void Play(ref Tactics tactics, bool[] moves)
    {
        foreach (bool isFull in moves)
        {
            if (tactics.Mover == FlowMover.FillDrain)
            {
                _ = tactics.AfterSplice(isFull ? Tactics.PieceBytes : 1);
            }
            else
            {
                _ = Read(ref tactics, isFull ? Block : Small);
            }
        }
    }

    private static bool Read(ref Tactics tactics, int count)
    {
        int asked = tactics.Next(Block);
        return tactics.AfterRead(Math.Min(count, asked), asked);
    }
}

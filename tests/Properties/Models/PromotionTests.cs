// When a flow goes over from reading to splicing, and how much it asks for.
using FsCheck;
using FsCheck.Xunit;
using Xunit;

namespace Zerocopy.Properties.Models;

public sealed class PromotionTests
{
    [Property(MaxTest = 100)]
    public void Each_small_read_after_another_is_paid_by_a_full_one_before_it_splices_a_piece(PositiveInt first)
    {
        const int DebtMax = -(int)SpliceCredit.DeepestDebt;
        int small = first.Get % (DebtMax * 2);
        int owed = Math.Max(Math.Min(small - 1, DebtMax), 1); // The first one is free.
        List<string> reads = Run(
            TransferMode.Auto, (nth, length) => nth < small ? SpliceCredits.SmallReadBytes - 1 : length);

        Assert.Equal([.. Enumerable.Repeat("recv 65536", small + owed), "splice 65536"], reads);
    }

    [Fact]
    public void A_read_that_is_neither_small_nor_full_owes_nothing()
    {
        List<string> reads = Run(
            TransferMode.Auto, (nth, length) => nth < 10 ? SpliceCredits.SmallReadBytes : length);

        Assert.Equal([.. Enumerable.Repeat("recv 65536", 11), "splice 65536"], reads);
    }

    [Fact]
    public void Where_zero_copy_is_required_it_splices_at_once_and_all_that_a_pipe_holds()
        => Assert.Equal(["splice 1048576"], Run(TransferMode.RequireZeroCopy, (_, length) => length));

    /// <summary>What a flow reads from a source that gives so much, until it splices.</summary>
    private static List<string> Run(TransferMode mode, Func<int, int, int> receive)
    {
        ScriptedKernel kernel = new(receive, (_, length) => Moved.Bytes(length));
        ScriptedFlow flow = new(kernel, new FlowOptions { Mode = mode });
        do
        {
            _ = flow.Step();
        }
        while (kernel.Reads.Count < 1000 && !kernel.Reads[^1].StartsWith("splice", StringComparison.Ordinal));

        flow.End();
        return kernel.Reads;
    }
}

// When a flow goes over from reading to splicing, and how much it asks for.
using FsCheck;
using FsCheck.Xunit;
using Xunit;

namespace Zerocopy.Properties.Models;

public sealed class PromotionTests
{
    [Property(MaxTest = 100)]
    public void After_small_reads_it_splices_a_piece_once_a_few_are_full(PositiveInt first)
    {
        int small = first.Get % 100;
        int full = small > 1 ? Tactics.RelapseReads : 1; // One is no relapse.
        List<string> reads = Run(
            TransferMode.Auto, (nth, length) => nth < small ? Tactics.SmallReadBytes - 1 : length);

        Assert.Equal([.. Enumerable.Repeat("recv 65536", small + full), "splice 65536"], reads);
    }

    [Fact]
    public void Reads_that_are_neither_small_nor_full_are_no_relapse()
    {
        List<string> reads = Run(
            TransferMode.Auto, (nth, length) => nth < 10 ? Tactics.SmallReadBytes : length);

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
        while (kernel.Reads.Count < 1000 && !kernel.Reads.Any(IsSplice));

        flow.End();
        return kernel.Reads;
    }

    private static bool IsSplice(string read) => read.StartsWith("splice", StringComparison.Ordinal);
}

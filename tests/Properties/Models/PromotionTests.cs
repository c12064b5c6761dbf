// When a flow goes over from reading to splicing, and how much it asks for.
using FsCheck;
using FsCheck.Xunit;
using Xunit;
using Zerocopy.Sys;

namespace Zerocopy.Properties.Models;

public sealed class PromotionTests
{
    private static readonly TcpArrivals s_smallSends = new(Bytes: 128 * 1024, Segments: 64, SegmentBytesMax: 65483);

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
    public void A_sender_that_is_small_from_the_start_is_copied_for_256_MiB()
    {
        ScriptedKernel kernel = Kernel((_, length) => length, s_smallSends);
        List<string> reads = Run(kernel, TransferMode.Auto);

        Assert.Equal(1 - (int)SpliceCredit.SmallSends, reads.Count);
        Assert.Equal("splice 65536", reads[^1]);
        Assert.Equal(1, kernel.ArrivalsAsked);
    }

    [Theory]
    [InlineData(4, 5000, 0)] // A talk of small messages before: its segments say nothing of what comes now.
    [InlineData(100, 200, 0)]
    [InlineData(1, 500, 1)] // A greeting, and then a stream.
    [InlineData(3, 5000, 1)]
    [InlineData(1, SpliceCredits.SmallReadBytes, 1)] // Not small: the first read is asked about, never the next one.
    public void Only_a_stream_from_the_start_is_asked_how_it_began(int first, int bytes, int asked)
    {
        ScriptedKernel kernel = Kernel((nth, length) => nth < first ? bytes : length, s_smallSends);
        _ = Run(kernel, TransferMode.Auto);

        Assert.Equal(asked, kernel.ArrivalsAsked);
    }

    [Fact]
    public void Where_zero_copy_is_required_it_splices_at_once_and_all_that_a_pipe_holds()
        => Assert.Equal(
            ["splice 1048576"], Run(Kernel((_, length) => length, s_smallSends), TransferMode.RequireZeroCopy));

    private static ScriptedKernel Kernel(Func<int, int, int> receive, TcpArrivals arrivals = default)
        => new(receive, (_, length) => Moved.Bytes(length)) { Arrivals = arrivals };

    private static List<string> Run(TransferMode mode, Func<int, int, int> receive) => Run(Kernel(receive), mode);

    /// <summary>What a flow reads from a source that gives so much, until it splices.</summary>
    private static List<string> Run(ScriptedKernel kernel, TransferMode mode)
    {
        ScriptedFlow flow = new(kernel, new FlowOptions { Mode = mode });
        do
        {
            _ = flow.Step();
        }
        while (kernel.Reads.Count < 10_000 && !kernel.Reads.Any(IsSplice));

        flow.End();
        return kernel.Reads;
    }

    private static bool IsSplice(string read) => read.StartsWith("splice", StringComparison.Ordinal);
}

// TCP out of memory says that it can be written and takes nothing. Whoever may not copy waits for it without spinning.
using Xunit;

namespace Zerocopy.Properties.Models;

public sealed class RefusedSpliceTests
{
    private const int LongestMs = 16;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_splice_that_is_refused_with_both_ends_ready_is_tried_again_after_a_while(bool toPipe)
    {
        ScriptedKernel kernel = new((_, _) => 0, (_, _) => Moved.WouldBlock);
        KernelPipe from = KernelPipe.TryCreate(PipeCore.CapacityDefault)!;
        KernelPipe to = KernelPipe.TryCreate(PipeCore.CapacityDefault)!;
        PipeEnd source = new();
        source.OpenSimulated(kernel, from, isReadEnd: true, 3);
        FlowEnd destination = OpenDestination(kernel, toPipe ? to : null);
        MoveResources resources = new(
            kernel,
            new PageBudget(1000),
            new BlockBudget(long.MaxValue, long.MaxValue),
            new FlowTotals(isShared: false));
        Flow flow = new();
        FlowOptions options = new() { Mode = TransferMode.RequireZeroCopy };
        flow.Start(source, destination, TransferMechanism.Splice, options, default, resources, 0);
        List<long> waits = [];
        for (long nowMs = 0; nowMs < 2000;)
        {
            Assert.Equal(StepOutcome.Later, flow.Step(nowMs));
            long waitMs = flow.DueMs - nowMs;
            Assert.InRange(waitMs, 1, LongestMs);
            Assert.False(flow.CanStep(flow.DueMs - 1));
            Assert.True(flow.CanStep(flow.DueMs));
            waits.Add(waitMs);
            nowMs = flow.DueMs;
        }

        Assert.Equal([1, 2, 4, 8, 16, 16], waits[..6]);
        Assert.All(waits[6..], waitMs => Assert.Equal(LongestMs, waitMs));
        Assert.True(kernel.Reads.Count <= waits.Count + 8, $"{kernel.Reads.Count} splices in {waits.Count} turns");

        destination.Marks |= Readiness.Closed;
        Assert.True(flow.CanStep(0));
        flow.Stop(TransferEnd.Stopped);
        Assert.True(flow.Release(keepUndelivered: true).IsEmpty);
        from.Dispose();
        to.Dispose();
    }

    private static DescriptorEnd OpenDestination(ScriptedKernel kernel, KernelPipe? pipe)
    {
        if (pipe is not null)
        {
            PipeEnd end = new();
            end.OpenSimulated(kernel, pipe, isReadEnd: false, 4);
            return end;
        }

        SocketEnd socket = new();
        socket.OpenSimulated(kernel, EndpointKind.TcpSocket, 4);
        return socket;
    }
}

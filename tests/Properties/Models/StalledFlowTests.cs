// A flow that was stalled with little in transit goes back to large reads, or it would never see a full one and splice.
using Xunit;

namespace Zerocopy.Properties.Models;

public sealed class StalledFlowTests
{
    [Fact]
    public void After_a_stall_that_left_little_it_reads_64_KiB_again_and_promotes()
    {
        ScriptedKernel kernel = new(
            (nth, length) => nth == 0 ? length - 1 : length, // So that nothing promotes before the stall.
            (nth, length) => nth == 1 ? Moved.WouldBlock : Moved.Bytes(nth == 0 ? length - 1000 : length));
        SocketEnd source = new();
        SocketEnd destination = new();
        source.OpenSimulated(kernel, EndpointKind.TcpSocket, 3);
        destination.OpenSimulated(kernel, EndpointKind.TcpSocket, 4);
        MoveResources resources = new(kernel, new PageBudget(1000), new FlowTotals(isShared: false));
        Flow flow = new();
        flow.Start(source, destination, TransferRoute.SpliceThroughPipe, new FlowOptions(), default, resources, 0);

        Assert.Equal(StepOutcome.DestinationNotReady, flow.Step(0)); // A thousand bytes are left, in a small block.
        source.Marks |= Readiness.Readable;
        destination.Marks |= Readiness.Writable;
        Assert.Equal(StepOutcome.SourceNotReady, flow.Step(0));

        Assert.Equal(["recv 65536", "recv 65536", "splice 65536"], kernel.Reads);
        flow.Stop(TransferEnd.Stopped);
        Assert.True(flow.Release(keepUndelivered: false).IsEmpty);
        Assert.Equal(0, resources.Blocks.Rented);
    }
}

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
        ScriptedFlow flow = new(kernel, new FlowOptions());

        Assert.Equal(StepOutcome.DestinationNotReady, flow.Step()); // A thousand bytes are left, in a small block.
        Assert.Equal(StepOutcome.SourceNotReady, flow.Step());

        Assert.Equal(["recv 65536", "recv 65536", "splice 65536"], kernel.Reads);
        flow.End();
    }
}

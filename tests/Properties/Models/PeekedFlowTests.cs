// What a flow does when the budget is spent, call by call.
using Xunit;

namespace Zerocopy.Properties.Models;

public sealed class PeekedFlowTests
{
    [Fact]
    public void Past_the_second_mark_it_looks_sends_and_takes_exactly_what_was_sent()
    {
        ScriptedKernel kernel = new(
            (nth, length) => nth < 3 ? 5000 : 0,
            (nth, length) => nth == 0 ? Moved.Bytes(3000) : nth == 1 ? Moved.WouldBlock : Moved.Bytes(length));
        BlockBudget budget = new(0, 0);
        ScriptedFlow flow = new(kernel, new FlowOptions(), budget);

        Assert.Equal(StepOutcome.DestinationNotReady, flow.Step());
        Assert.Equal(["peek 65536", "take 3000", "peek 65536"], kernel.Reads);
        Assert.Equal(StepOutcome.Ended, flow.Step());

        Assert.Equal(["peek 65536", "take 3000", "peek 65536", "peek 65536"], kernel.Reads);
        Assert.Equal(BlockPool.LargeBytes, budget.Bytes); // The scratch.
        flow.End();
    }

    [Fact]
    public void Past_the_first_mark_it_reads_into_small_blocks_and_still_promotes()
    {
        ScriptedKernel kernel = new((nth, length) => length, (nth, length) => Moved.Bytes(length));
        ScriptedFlow flow = new(kernel, new FlowOptions(), new BlockBudget(0, 1 << 20));

        Assert.Equal(StepOutcome.SourceNotReady, flow.Step());

        Assert.Equal(["recv 16384", "splice 65536"], kernel.Reads);
        flow.End();
    }

    [Fact]
    public void A_look_that_fills_the_scratch_and_is_sent_promotes_too()
    {
        ScriptedKernel kernel = new((nth, length) => length, (nth, length) => Moved.Bytes(length));
        ScriptedFlow flow = new(kernel, new FlowOptions(), new BlockBudget(0, 0));

        Assert.Equal(StepOutcome.SourceNotReady, flow.Step());

        Assert.Equal(["peek 65536", "take 65536", "splice 65536"], kernel.Reads);
        flow.End();
    }
}

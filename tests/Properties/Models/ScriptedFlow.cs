using Xunit;

namespace Zerocopy.Properties.Models;

/// <summary>A flow from one TCP socket of a <see cref="ScriptedKernel"/> to another.</summary>
internal sealed class ScriptedFlow
{
    private readonly Flow _flow = new();
    private readonly SocketEnd _source = new();
    private readonly SocketEnd _destination = new();
    private readonly MoveResources _resources;

    internal ScriptedFlow(ScriptedKernel kernel, FlowOptions options, BlockBudget? blocks = null)
    {
        _source.OpenSimulated(kernel, EndpointKind.TcpSocket, 3);
        _destination.OpenSimulated(kernel, EndpointKind.TcpSocket, 4);
        _resources = new MoveResources(
            kernel,
            new PageBudget(1000),
            blocks ?? new BlockBudget(long.MaxValue, long.MaxValue),
            new FlowTotals(isShared: false));
        _flow.Start(_source, _destination, TransferMechanism.SpliceThroughPipe, options, default, _resources, 0);
    }

    /// <summary>Both ends are ready, whatever the last calls have shown.</summary>
    internal StepOutcome Step()
    {
        _source.Marks |= Readiness.Readable;
        _destination.Marks |= Readiness.Writable;
        return _flow.Step(0);
    }

    /// <summary>Nothing is left in it, and it gives everything back.</summary>
    internal void End()
    {
        _flow.Stop(TransferEnd.Stopped);
        Assert.True(_flow.Release(keepUndelivered: true).IsEmpty);
        Assert.Equal(0, _resources.Blocks.Rented);
    }
}

namespace Zerocopy;

/// <summary>A loop and what the flows on it share.</summary>
internal sealed class FlowHost(EventLoop loop, MoveResources resources)
{
    internal EventLoop Loop { get; } = loop;

    internal MoveResources Resources { get; } = resources;
}

namespace Zerocopy;

/// <summary>A loop and what the flows on it share.</summary>
internal sealed class FlowHost(EventLoop loop, MoveResources resources)
{
    internal EventLoop Loop { get; } = loop;

    /// <summary>What it watches of others.</summary>
    internal SharedWatches Watches { get; } = new(loop);

    internal MoveResources Resources { get; } = resources;
}

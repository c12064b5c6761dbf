namespace Zerocopy;

/// <summary>Whoever runs flows in turns, and so waits for their ends.</summary>
internal abstract class FlowRunner : LoopWork
{
    /// <summary>The loop whose thread runs its turns; null when the thread pool does.</summary>
    internal abstract FlowHost? Home { get; }

    /// <summary>On the home loop's thread, while it collects events: an end has new marks.</summary>
    internal abstract void OnMarks();
}

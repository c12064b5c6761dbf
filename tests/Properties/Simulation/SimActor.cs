// Somebody outside of the flow, who acts between its calls, and in the middle of them.
namespace Zerocopy.Properties.Simulation;

internal abstract class SimActor
{
    /// <summary>Nothing will come from it any more unless we do something.</summary>
    internal abstract bool IsQuiet { get; }

    /// <summary>Does one thing, if there is one to do.</summary>
    internal abstract void Tick();

    /// <summary>Whether it acts on that descriptor, and goes with it.</summary>
    internal abstract bool ActsOn(SimFd fd);
}

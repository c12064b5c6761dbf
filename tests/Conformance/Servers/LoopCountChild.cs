// How many loops the process has, in a process that has said so.
using System.Globalization;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Servers;

/// <summary>Sets the runtime setting, as a project file would, before anything has used a loop.</summary>
internal sealed class LoopCountChild : IChild
{
    public int Run(string[] args)
    {
        AppContext.SetData("Zerocopy.LoopCount", args[0]);
        int expected = int.Parse(args[1], CultureInfo.InvariantCulture);
        return LoopGroup.Default.Count == (expected > 0 ? expected : Math.Clamp(Environment.ProcessorCount / 2, 1, 8))
            ? 0 : 1;
    }
}

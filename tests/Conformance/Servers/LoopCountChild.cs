// How many loops the process has, in a process that has said so.
using System.Globalization;
using Xunit;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Servers;

/// <summary>Sets the runtime setting, as a project file would, before anything has used a loop.</summary>
internal sealed class LoopCountChild : IChild
{
    public int Run(string[] args)
    {
        AppContext.SetData("Zerocopy.LoopCount", args[0].Length > 0 ? args[0] : null);
        int expected = int.Parse(args[1], CultureInfo.InvariantCulture);
        if (expected < 0)
        {
            InvalidOperationException e = Assert.Throws<InvalidOperationException>(() => LoopGroup.Default);
            Assert.Contains("Zerocopy.LoopCount", e.Message, StringComparison.Ordinal);
            return 0;
        }

        int byDefault = Math.Clamp(Environment.ProcessorCount / 2, 1, 8);
        Assert.Equal(expected > 0 ? expected : byDefault, LoopGroup.Default.Count);
        return 0;
    }
}

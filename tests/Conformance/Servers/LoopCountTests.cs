// The number of loops is a setting of the process.
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Servers;

public sealed class LoopCountTests
{
    [Theory]
    [InlineData("3", 3)]
    [InlineData("0", 1)]
    [InlineData("1000", 64)]
    [InlineData("many", 0)] // No number: the default.
    [KernelOnly(Why.NotTheLibrary)]
    public void It_is_taken_at_first_use_and_kept_in_bounds(string set, int expected)
        => ChildProcess.Run<LoopCountChild>([set, $"{expected}"]);
}

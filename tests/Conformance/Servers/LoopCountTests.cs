// The number of loops is a setting of the process.
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Servers;

public sealed class LoopCountTests
{
    [Theory]
    [InlineData("3", 3)]
    [InlineData("64", 64)]
    [InlineData("", 0)] // Not set: the default.
    [InlineData("0", -1)] // The others are refused by name.
    [InlineData("65", -1)]
    [InlineData("many", -1)]
    [KernelOnly(Why.NotTheLibrary)]
    public void It_is_taken_at_first_use_and_must_be_right(string set, int expected)
        => ChildProcess.Run<LoopCountChild>([set, $"{expected}"]);
}

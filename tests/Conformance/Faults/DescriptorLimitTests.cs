// No descriptors left: whoever has its sockets goes on, by copying; whoever needs one gets a clear error.
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Faults;

[KernelOnly(Why.Mechanism)]
public sealed class DescriptorLimitTests
{
    [Theory]
    [InlineData("relay")]
    [InlineData("transfers")]
    [InlineData("require")]
    [InlineData("first loop")]
    [InlineData("dial")]
    [InlineData("wake")]
    [InlineData("mirrors")]
    public void Without_descriptors_nothing_is_lost(string what)
        => Assert.Contains("done", ChildProcess.Run<DescriptorLimitChild>([what]), StringComparison.Ordinal);
}

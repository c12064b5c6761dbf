// The process switch Zerocopy.CopyOnly: what another platform sees, on this one.
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Meta;

[KernelOnly(Why.NotTheLibrary)]
public sealed class CopyOnlySwitchTests
{
    [Theory]
    [InlineData("transfers")]
    [InlineData("relays")]
    [InlineData("dialer")]
    [InlineData("endings")]
    [InlineData("metrics")]
    [InlineData("refusals")]
    public void Everything_works_by_copying(string what)
        => Assert.Contains("done", ChildProcess.Run<CopyOnlyChild>([what]), StringComparison.Ordinal);
}

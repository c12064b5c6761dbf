// Endings under the process switch Zerocopy.CopyOnly.
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Relays;

public sealed class CopyOnlyEndingsTests
{
    [Theory]
    [InlineData("mirrors")]
    [InlineData("half-close")]
    [InlineData("lingering")]
    [Cases("F-86")]
    public void They_are_the_same_where_nothing_is_asked_of_the_kernel(string what)
        => Assert.Contains("done", ChildProcess.Run<CopyOnlyEndingsChild>([what]), StringComparison.Ordinal);
}

// The framework's own switch for all meters.
using Xunit;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Metrics;

public sealed class MetersOffTests
{
    [Fact]
    public void Where_meters_are_switched_off_there_is_none_and_everything_else_works()
        => Assert.Contains("done", ChildProcess.Run<MetersOffChild>([]), StringComparison.Ordinal);
}

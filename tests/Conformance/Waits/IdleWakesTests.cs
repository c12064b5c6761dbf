// Relays that have nothing to do, and a timeout of ten minutes: their loop sleeps.
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Waits;

[Cases("F-62")]
public sealed class IdleWakesTests
{
    [KernelOnly(Why.Cost)]
    [Theory]
    [InlineData("sockets")]
    [InlineData("streams")] // A stream can be disposed without that anything tells, so it is looked at.
    public void Idle_relays_with_a_timeout_wake_their_loop_for_the_watchdog_only(string what)
        => Assert.Contains("done", ChildProcess.Run<IdleWakesChild>(["300", what]), StringComparison.Ordinal);
}

// A thousand relays at once, busy and idle.
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Relays;

public sealed class ManyRelaysTests
{
    /// <summary>An ordinary user's pipes are limited: after a few hundred big ones the kernel hands out tiny
    /// ones.</summary>
    private const int Nobody = 65534;

    [Fact]
    public void A_thousand_busy_relays_deliver_every_byte()
        => Assert.Contains("done", ChildProcess.Run<BusyRelaysChild>([]), StringComparison.Ordinal);

    [Fact]
    public void A_thousand_busy_relays_of_an_ordinary_user_deliver_every_byte()
    {
        if (Libc.UserId != 0)
        {
            Assert.Skip("the tests run as an ordinary user, so the test above is this one");
        }

        Assert.Contains("done", ChildProcess.Run<BusyRelaysChild>([$"{Nobody}"]), StringComparison.Ordinal);
    }

    [KernelOnly(Why.Cost)]
    [Fact]
    public void A_thousand_idle_relays_hold_no_pipe_and_hardly_any_memory()
        => Assert.Contains("done", ChildProcess.Run<IdleRelaysChild>([]), StringComparison.Ordinal);
}

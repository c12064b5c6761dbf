// What waits cannot be watched: the kernel has no room, or the limit of open files forbids to ask.
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Faults;

[KernelOnly(Why.Mechanism)]
public sealed class WatchLimitTests
{
    [Theory]
    [InlineData("epoll_ctl")] // ENOSPC is the user's limit of watches.
    [InlineData("poll")]
    public void A_wait_that_cannot_be_had_neither_hangs_nor_spins(string call)
        => Assert.Contains("done", ChildProcess.Run<WatchLimitChild>([call]), StringComparison.Ordinal);
}

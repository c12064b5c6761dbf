// A user who has used up the pages for pipes gets small ones, silently. They are slow, and do everything.
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Pipes;

[KernelOnly(Why.Mechanism)]
public sealed class SoftLimitTests
{
    /// <summary>Somebody who owns nothing, so that the limit counts and nobody else's pipes do.</summary>
    private const int Somebody = 59_871;

    [Fact]
    public void Past_the_limit_of_pages_pipes_are_small_and_work()
    {
        if (Libc.UserId != 0)
        {
            Assert.Skip("only root can become a user without pipes of its own");
        }

        Assert.Contains("done", ChildProcess.Run<SoftLimitChild>([$"{Somebody}"]), StringComparison.Ordinal);
    }
}

// Upstreams behind a network that loses everything.
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Servers;

public sealed class ServerNetworkTests
{
    [Theory]
    [InlineData("next address")]
    [InlineData("black hole")]
    [InlineData("pulled cable")]
    [Cases("S-05", "S-11")]
    public void What_is_lost_without_a_word_is_given_up_in_time(string what)
    {
        if (!CabledNetwork.IsPossible)
        {
            Assert.Skip("no two networks with a cable in between can be made here");
        }

        string told = ChildProcess.Run<ServerNetworkChild>([what], "unshare", "--net", "--mount");
        Assert.Contains("done", told, StringComparison.Ordinal);
    }
}

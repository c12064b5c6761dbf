// As many connections at once as a process may have.
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Servers;

public sealed class ServerCrowdTests(ITestOutputHelper output)
{
    [Fact]
    [Cases("S-21")]
    [KernelOnly(Why.Cost)]
    public void Eight_thousand_connections_at_once_get_their_own_bytes()
    {
        string told = ChildProcess.Run<CrowdedServerChild>([]);
        output.WriteLine(told);
        Assert.Contains("connections at once", told, StringComparison.Ordinal);
    }
}

// samples/Metrics without arguments: its demo.
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Metrics;

namespace Zerocopy.Conformance.Samples;

[KernelOnly(Why.NotTheLibrary)]
public sealed class MetricsDemoTests
{
    [Fact]
    public async Task The_demo_relays_and_prints_every_instrument_at_its_end()
    {
        Ended ended = await ProxyProcess.RunSample("Metrics");

        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        int last = ended.Output.IndexOf("bytes through the relay", StringComparison.Ordinal);
        Assert.True(last >= 0, ended.Output);
        string printed = ended.Output[last..];
        Assert.All(
            MeterProbe.Instruments().Where(instrument => instrument.Name != "zerocopy.fallbacks"), // There were none.
            instrument => Assert.Contains($"Metric Name: {instrument.Name}", printed, StringComparison.Ordinal));
        Assert.Contains("zerocopy.mechanism: splice", printed, StringComparison.Ordinal);
    }
}

// docs/metrics.md names every instrument that there is, and none that is not: with kind, unit, tags and their values.
using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Xunit;
using Zerocopy.Conformance.Faults;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Metrics;

public sealed partial class MetricsPageTests
{
    private static readonly string[][] s_rows =
    [
        .. File.ReadAllLines(SourceTree.PathOf("docs", "metrics.md"))
            .Where(line => line.StartsWith('|'))
            .Select(line => line.Split('|')[1..^1].Select(cell => cell.Trim()).ToArray()),
    ];

    private static readonly string[][] s_instruments = [.. s_rows.Where(row => row.Length == 5 && row[0][0] == '`')];

    [Fact]
    public void The_table_is_what_the_meter_has()
    {
        IEnumerable<(string, string, string)> told =
            s_instruments.Select(row => (Code(row[0]).Single(), row[1], Code(row[2]).Single()));
        IEnumerable<(string, string, string)> there =
            MeterProbe.Instruments().Select(one => (one.Name, one.GetType().Name.Split('`')[0], one.Unit!));
        Assert.Equal(there.Order(), told.Order());
    }

    [Fact]
    public void Each_instrument_has_a_name_by_the_conventions_a_unit_and_a_description()
    {
        List<Instrument> instruments = MeterProbe.Instruments();
        Assert.NotEmpty(instruments);
        Assert.All(instruments, instrument =>
        {
            Assert.Matches(ConventionalName(), instrument.Name);
            Assert.Matches(ConventionalUnit(), instrument.Unit);
            Assert.EndsWith(".", instrument.Description, StringComparison.Ordinal);
            Assert.DoesNotContain(
                instruments, other => other.Name.StartsWith(instrument.Name + '.', StringComparison.Ordinal));
            Assert.Equal("0.1.0", instrument.Meter.Version);
        });
        Assert.Equal("Zerocopy", instruments[0].Meter.Name);
        Assert.Single(instruments.Select(instrument => instrument.Meter).Distinct());
    }

    [KernelOnly(Why.Mechanism)]
    [Theory(Timeout = Deadline.Ms)]
    [InlineData("zerocopy.transfer.bytes")]
    [InlineData("zerocopy.tee.bytes")]
    [InlineData("zerocopy.transfer.active")]
    [InlineData("zerocopy.relay.active")]
    [InlineData("zerocopy.pipe.count")]
    [InlineData("zerocopy.pipe.destroyed")]
    [InlineData("zerocopy.block.bytes")]
    [InlineData("zerocopy.file.pieces")]
    [InlineData("zerocopy.peek.bytes")]
    [InlineData("zerocopy.peek.count")]
    [InlineData("zerocopy.fallbacks")]
    [InlineData("zerocopy.route.switches")]
    [InlineData("zerocopy.idle_closes")]
    [InlineData("zerocopy.lingering")]
    public async Task The_tags_and_their_values_are_on_the_page(string name)
    {
        using MeterProbe probe = new();
        await FallBack();
        string[] tags = Code(s_instruments.Single(row => Code(row[0]).Single() == name)[3]);
        HashSet<(string, string)> values = Values();

        IReadOnlyList<CollectedMeasurement<long>> measured = probe.Measure(name);

        Assert.NotEmpty(measured);
        Assert.All(measured, measurement =>
        {
            Assert.Equal(tags, measurement.Tags.Keys);
            Assert.All(measurement.Tags, tag => Assert.True(
                tag.Key == "error.type" || values.Contains((tag.Key, (string)tag.Value!)), $"{tag.Key}={tag.Value}"));
        });
    }

    /// <summary>One refusal, so that there is an errno to tell.</summary>
    private static async Task FallBack()
    {
        using FaultyKernel kernel = new(Libc.EPerm) { RefuseFillsFrom = 0 };
        using Rig rig = new(Family.Tcp, Family.Unix);
        rig.Writer.Send(Pattern.Default.Slice(0, 100_000).Span);
        await Deadline.Until("it is queued", () => rig.Source.Available == 100_000, 5000);
        TransferResult result = await rig.Start(Call.Async, new TransferOptions { LimitBytes = 100_000 })
            .Within("the transfer");
        Assert.Equal(Libc.EPerm, result.FallbackError);
    }

    /// <summary>The table of tags; a row without a tag belongs to the one above.</summary>
    private static HashSet<(string Tag, string Value)> Values()
    {
        HashSet<(string, string)> values = [];
        string tag = "";
        foreach (string[] row in s_rows.Where(row => row.Length == 3))
        {
            tag = Code(row[0]).SingleOrDefault(tag);
            values.UnionWith(Code(row[1]).Select(value => (tag, value)));
        }

        return values;
    }

    private static string[] Code(string cell)
        => [.. Quoted().Matches(cell).Select(match => match.Groups["code"].Value)];

    [GeneratedRegex("`(?<code>[^`]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex("^zerocopy(\\.[a-z]+(_[a-z]+)*)+$")]
    private static partial Regex ConventionalName();

    // UCUM: bytes, or an annotation in the singular.
    [GeneratedRegex("^(By|\\{[a-z]+\\})$")]
    private static partial Regex ConventionalUnit();
}

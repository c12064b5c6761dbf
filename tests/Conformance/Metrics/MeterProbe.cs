// What the meter says, asked with the framework's collector.
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Xunit;

namespace Zerocopy.Conformance.Metrics;

/// <summary>Listens to every instrument. What it tells is counted from its own beginning on, but for what is active
/// or open now.</summary>
internal sealed class MeterProbe : IDisposable
{
    private const int QuietMs = 5000;

    private readonly Dictionary<string, MetricCollector<long>> _collectors;
    private readonly Dictionary<string, long> _before;

    internal MeterProbe()
    {
        _ = MoveResources.Shared; // Whoever counts first makes the meter.
        _collectors = Instruments().ToDictionary(
            instrument => instrument.Name,
            instrument => new MetricCollector<long>(meterScope: null, ZerocopyMeter.Name, instrument.Name));
        long dueMs = Environment.TickCount64 + QuietMs;
        while (ActiveTransfers + ActiveRelays + PipesInUse > 0) // Of a test before this one, which has ended.
        {
            Assert.True(
                Environment.TickCount64 < dueMs,
                $"still active: {ActiveTransfers} transfers, {ActiveRelays} relays, {PipesInUse} pipes");
            Thread.Sleep(5);
        }

        _before = _collectors.Keys.SelectMany(Ask).ToDictionary(one => one.Key, one => one.Value);
    }

    internal long Spliced => Of("zerocopy.transfer.bytes", "splice");

    internal long Sendfile => Of("zerocopy.transfer.bytes", "sendfile");

    internal long CopyFileRange => Of("zerocopy.transfer.bytes", "copy_file_range");

    internal long Buffered => Of("zerocopy.transfer.bytes", "buffer");

    /// <summary>By whatever mechanism.</summary>
    internal long Written => Spliced + Sendfile + CopyFileRange + Buffered;

    internal long Teed => Of("zerocopy.tee.bytes", "tee");

    internal long TeeCopied => Of("zerocopy.tee.bytes", "buffer");

    internal long Promotions => Of("zerocopy.route.switches", "promotion");

    internal long Demotions => Of("zerocopy.route.switches", "demotion");

    internal long IdleCloses => Of("zerocopy.idle_closes");

    internal long DestroyedPipes => Of("zerocopy.pipe.destroyed");

    internal long ActiveTransfers => Now("zerocopy.transfer.active");

    internal long ActiveRelays => Now("zerocopy.relay.active");

    internal long PipesInUse => Now("zerocopy.pipe.count", "in_use");

    internal long PooledPipes => Now("zerocopy.pipe.count", "pooled");

    internal long Peeks => Of("zerocopy.peek.count");

    internal long PeekedBytes => Of("zerocopy.peek.bytes");

    internal long BlockBytes => Now("zerocopy.block.bytes");

    internal (long Hot, long Cold, long Unknown, long Slow) Pieces => (
        Of("zerocopy.file.pieces", "hot"),
        Of("zerocopy.file.pieces", "cold"),
        Of("zerocopy.file.pieces", "unknown"),
        Of("zerocopy.file.pieces", "slow"));

    /// <summary>By errno, those that there were.</summary>
    internal Dictionary<string, long> Fallbacks => Ask("zerocopy.fallbacks")
        .Select(one => (Name: one.Key.Split(' ')[1], Count: one.Value - _before.GetValueOrDefault(one.Key)))
        .Where(one => one.Count != 0)
        .ToDictionary(one => one.Name, one => one.Count);

    /// <summary>The instruments of the meter, as any listener gets to know them.</summary>
    internal static List<Instrument> Instruments()
    {
        List<Instrument> instruments = [];
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name == ZerocopyMeter.Name)
            {
                instruments.Add(instrument);
            }
        };
        listener.Start();
        return instruments;
    }

    /// <summary>What an instrument measures now, from the start of the process on.</summary>
    internal IReadOnlyList<CollectedMeasurement<long>> Measure(string instrument)
    {
        MetricCollector<long> collector = _collectors[instrument];
        collector.RecordObservableInstruments();
        return collector.GetMeasurementSnapshot(clear: true);
    }

    /// <summary>Fails unless the meter has counted what these results tell, to the byte, and nothing else.</summary>
    internal void AssertMoved(params TransferResult[] results)
    {
        Assert.Equal(results.Sum(result => result.BytesSpliced), Spliced);
        Assert.Equal(results.Sum(result => result.BytesSendfile), Sendfile);
        Assert.Equal(results.Sum(result => result.BytesCopyFileRange), CopyFileRange);
        Assert.Equal(results.Sum(result => result.BytesBuffered), Buffered);
        Assert.Equal(results.Sum(result => result.BytesWritten), Written);
    }

    /// <summary>Fails unless nothing goes on any more. To be called as soon as results are there: by then they are
    /// counted.</summary>
    internal void AssertIdle() => Assert.Equal((0, 0), (ActiveTransfers, ActiveRelays));

    public void Dispose()
    {
        foreach (MetricCollector<long> collector in _collectors.Values)
        {
            collector.Dispose();
        }
    }

    private static string Key(string instrument, string? tag) => tag is null ? instrument : $"{instrument} {tag}";

    private long Of(string instrument, string? tag = null)
        => Now(instrument, tag) - _before[Key(instrument, tag)];

    private long Now(string instrument, string? tag = null)
        => Ask(instrument).Single(one => one.Key == Key(instrument, tag)).Value;

    private Dictionary<string, long> Ask(string instrument) => Measure(instrument).ToDictionary(
        measured => Key(instrument, (string?)measured.Tags.Values.SingleOrDefault()), measured => measured.Value);
}

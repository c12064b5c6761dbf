using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using Zerocopy.Sys;
using Tag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace Zerocopy;

/// <summary>The meter <c>Zerocopy</c>. Its name and its instruments, with their units and tags, are public:
/// docs/metrics.md says what each of them means, and a test that it says so of all.</summary>
/// <remarks>All instruments are observable: a listener's code runs where it asks, never on a loop, which it could hold
/// up or end.</remarks>
internal static class ZerocopyMeter
{
    internal const string Name = "Zerocopy";

    private const string Bytes = "By";

    private static readonly Tag s_splice = Mechanism("splice");
    private static readonly Tag s_sendfile = Mechanism("sendfile");
    private static readonly Tag s_copyFileRange = Mechanism("copy_file_range");
    private static readonly Tag s_tee = Mechanism("tee");
    private static readonly Tag s_buffer = Mechanism("buffer");
    private static readonly Tag s_inUse = new("zerocopy.pipe.state", "in_use");
    private static readonly Tag s_pooled = new("zerocopy.pipe.state", "pooled");
    private static readonly Tag s_promotion = new("zerocopy.switch.direction", "promotion");
    private static readonly Tag s_demotion = new("zerocopy.switch.direction", "demotion");

    private static readonly Tag s_hot = Pages("hot");
    private static readonly Tag s_cold = Pages("cold");
    private static readonly Tag s_unknown = Pages("unknown");
    private static readonly Tag s_slow = Pages("slow");

    private static readonly Lock s_lock = new();
    private static FlowTotals[] s_places = [];

    // The last field: a listener may ask while it is told of the first instrument.
    private static readonly Meter? s_meter = IsSupported ? Make() : null;

    /// <summary>The framework's own switch, <c>MetricsSupport</c> in a project file; it is not public there.</summary>
    [FeatureSwitchDefinition("System.Diagnostics.Metrics.Meter.IsSupported")]
    private static bool IsSupported
        => !AppContext.TryGetSwitch("System.Diagnostics.Metrics.Meter.IsSupported", out bool isSupported)
            || isSupported;

    /// <summary>Makes the totals of one place, and shows them for as long as the process lives.</summary>
    /// <param name="isShared">See <see cref="FlowTotals"/>.</param>
    internal static FlowTotals Watch(bool isShared)
    {
        FlowTotals totals = new(isShared);
        lock (s_lock)
        {
            s_places = [.. s_places, totals];
        }

        return totals;
    }

    private static Meter Make()
    {
        Meter meter = new(Name, typeof(ZerocopyMeter).Assembly.GetName().Version?.ToString(3));
        _ = meter.CreateObservableCounter(
            "zerocopy.transfer.bytes", ObserveBytes, Bytes, "Bytes written to destinations, by transfers and relays.");
        _ = meter.CreateObservableCounter("zerocopy.tee.bytes", ObserveTees, Bytes, "Bytes given to tees and mirrors.");
        _ = meter.CreateObservableUpDownCounter(
            "zerocopy.transfer.active",
            () => Sum(static totals => totals.ActiveTransfers),
            "{transfer}",
            "Transfers that go on now.");
        _ = meter.CreateObservableUpDownCounter(
            "zerocopy.relay.active",
            () => Sum(static totals => totals.ActiveRelays),
            "{relay}",
            "Relays that go on now.");
        _ = meter.CreateObservableUpDownCounter(
            "zerocopy.pipe.count", ObservePipes, "{pipe}", "Pipes that the library has made to splice through.");
        _ = meter.CreateObservableCounter(
            "zerocopy.pipe.destroyed",
            () => Sum(static totals => totals.DestroyedPipes),
            "{pipe}",
            "Pipes that were closed and not kept for the next one.");
        _ = meter.CreateObservableUpDownCounter(
            "zerocopy.block.bytes",
            () => Sum(static totals => totals.BlockBytes),
            Bytes,
            "Memory of the blocks that the library has made to copy through.");
        _ = meter.CreateObservableCounter(
            "zerocopy.peek.bytes",
            () => Sum(static totals => totals.PeekedBytes),
            Bytes,
            "Bytes sent from where they were only looked at, for want of a block.");
        _ = meter.CreateObservableCounter(
            "zerocopy.peek.count",
            () => Sum(static totals => totals.Peeks),
            "{peek}",
            "How often that was done.");
        _ = meter.CreateObservableCounter(
            "zerocopy.file.pieces",
            ObservePieces,
            "{piece}",
            "Pieces of files that a loop sent, because they were in memory, or left to the thread pool.");
        _ = meter.CreateObservableCounter(
            "zerocopy.fallbacks", ObserveFallbacks, "{fallback}", "Directions that copied because the kernel refused.");
        _ = meter.CreateObservableCounter(
            "zerocopy.route.switches", ObserveSwitches, "{switch}", "Switches between copying and splicing.");
        _ = meter.CreateObservableCounter(
            "zerocopy.idle_closes",
            () => Sum(static totals => totals.IdleCloses),
            "{close}",
            "Transfers and relays that their idle timeout has ended.");
        _ = meter.CreateObservableUpDownCounter(
            "zerocopy.lingering",
            static () => ProcessTotals.LingeringCount,
            "{connection}",
            "Connections that an ended relay has closed and whose peers have yet to end.");
        return meter;
    }

    private static Measurement<long>[] ObserveBytes() =>
    [
        new(BytesOf(TransferMechanism.SpliceThroughPipe) + BytesOf(TransferMechanism.Splice), s_splice),
        new(BytesOf(TransferMechanism.Sendfile), s_sendfile),
        new(BytesOf(TransferMechanism.CopyFileRange), s_copyFileRange),
        new(BytesOf(TransferMechanism.ReadWrite), s_buffer),
    ];

    private static Measurement<long>[] ObserveTees()
        => [new(ProcessTotals.BytesTeed, s_tee), new(ProcessTotals.BytesCopied, s_buffer)];

    private static Measurement<long>[] ObservePipes() =>
    [
        new(Sum(static totals => totals.PipesInUse), s_inUse),
        new(Sum(static totals => totals.PooledPipes), s_pooled),
    ];

    private static Measurement<long>[] ObserveSwitches() =>
    [
        new(Sum(static totals => totals.Promotions), s_promotion),
        new(Sum(static totals => totals.Demotions), s_demotion),
    ];

    private static Measurement<long>[] ObservePieces() =>
    [
        new(PiecesOf(FilePiece.Hot), s_hot),
        new(PiecesOf(FilePiece.Cold), s_cold),
        new(PiecesOf(FilePiece.Unknown), s_unknown),
        new(PiecesOf(FilePiece.Slow), s_slow),
    ];

    private static IEnumerable<Measurement<long>> ObserveFallbacks() => ProcessTotals.Fallbacks().Select(
        static fallback => new Measurement<long>(fallback.Count, new Tag("error.type", ErrorName(fallback.Error))));

    private static long BytesOf(TransferMechanism route) => Sum(totals => totals.BytesOf(route));

    private static long PiecesOf(FilePiece piece) => Sum(totals => totals.PiecesOf(piece));

    private static long Sum(Func<FlowTotals, long> count) => Volatile.Read(ref s_places).Sum(count);

    private static Tag Mechanism(string name) => new("zerocopy.mechanism", name);

    private static Tag Pages(string what) => new("zerocopy.file.pages", what);

    private static string ErrorName(int error)
        => error == ProcessTotals.OtherError ? "_OTHER" : ((Errno)error).Name();
}

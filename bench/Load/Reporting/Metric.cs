using Zerocopy.Bench.Load.Running;

namespace Zerocopy.Bench.Load.Reporting;

/// <summary>One number of a measurement, and how to write it.</summary>
internal sealed record Metric(string Title, string Mode, Func<Measurement, double?> Of, string Format)
{
    internal static Metric Throughput { get; } =
        new("MB/s", Cell.Throughput, row => row.MbS, "F0");
    internal static Metric CpuPerGb { get; } =
        new("Relay CPU, seconds per GB", Cell.Throughput, row => row.CpuSGb, "F3");
    internal static Metric Spliced { get; } =
        new("Spliced", Cell.Throughput, row => row.SplicedShare, "P0");
    internal static Metric P50 { get; } =
        new("Round trip, p50 in us", Cell.Ping, row => row.P50Us, "F0");
    internal static Metric P99 { get; } =
        new("Round trip, p99 in us", Cell.Ping, row => row.P99Us, "F0");
    internal static Metric P999 { get; } =
        new("Round trip, p99.9 in us", Cell.Ping, row => row.P999Us, "F0");
    internal static Metric RequestsPerSecond { get; } =
        new("Requests per second", Cell.Web, row => row.PerS, "F0");
    internal static Metric CpuPerTrip { get; } =
        new("Relay CPU, us per round trip", Cell.Ping, row => row.CpuUsEach, "F1");
    internal static Metric Teed { get; } =
        new("Teed", Cell.Tee, row => row.TeedShare, "P0");
    internal static Metric Copied { get; } =
        new("Copied", Cell.Tee, row => row.CopiedShare, "P0");
    internal static Metric Managed { get; } =
        new("managed, MiB more", Cell.Stall, row => row.ManagedMib, "F2");
    internal static Metric Resident { get; } =
        new("resident, MiB more", Cell.Stall, row => row.ResidentMib, "F2");
    internal static Metric RssEach { get; } =
        new("RSS, KiB each", Cell.Idle, row => row.RssKibEach, "F1");
    internal static Metric PssEach { get; } =
        new("PSS, KiB each", Cell.Idle, row => row.PssKibEach, "F1");
    internal static Metric IdleCpu { get; } =
        new("CPU, ms per second of all of them", Cell.Idle, row => row.CpuMsS, "F2");
    internal static Metric Lagged { get; } =
        new("detached", Cell.Stall, row => row.Lagged, "F0");
}

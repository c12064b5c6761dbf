namespace Zerocopy.Bench.Load.Running;

/// <summary>One line of results: one contender, one cell, one repetition.</summary>
internal sealed record Measurement
{
    public required string Kind { get; init; }

    public required string Pair { get; init; }

    public required int Bytes { get; init; }

    public required int Connections { get; init; }

    public required string Contender { get; init; }

    public required int Rep { get; init; }

    /// <summary>Throughput: 10^6 bytes a second.</summary>
    public double? MbS { get; init; }

    /// <summary>Throughput: CPU seconds of the relay process for 10^9 bytes.</summary>
    public double? CpuSGb { get; init; }

    /// <summary>Throughput: the share of the bytes that never entered the relay process.</summary>
    public double? SplicedShare { get; init; }

    /// <summary>Tee: the share of the bytes that the copy got by reference.</summary>
    public double? TeedShare { get; init; }

    /// <summary>Tee: the share of the bytes that the copy got from memory of the relay process.</summary>
    public double? CopiedShare { get; init; }

    /// <summary>Ping: round trips a second.</summary>
    public double? PerS { get; init; }

    public double? P50Us { get; init; }

    public double? P99Us { get; init; }

    public double? P999Us { get; init; }

    /// <summary>Ping: CPU microseconds of the relay process for one round trip.</summary>
    public double? CpuUsEach { get; init; }

    /// <summary>Stall: what the managed heap of the relay process has grown by.</summary>
    public double? ManagedMib { get; init; }

    /// <summary>Stall: what the resident memory of the relay process has grown by.</summary>
    public double? ResidentMib { get; init; }

    /// <summary>Idle: KiB of resident memory for each connection.</summary>
    public double? RssKibEach { get; init; }

    /// <summary>Idle: the same with shared pages divided among those who share them.</summary>
    public double? PssKibEach { get; init; }

    /// <summary>Idle: CPU milliseconds of the relay process for each second of rest.</summary>
    public double? CpuMsS { get; init; }

    /// <summary>Stall: mirrors that were detached.</summary>
    public long? Lagged { get; init; }

    internal static Measurement Of(Cell cell, Contender contender, int rep) => new()
    {
        Kind = cell.Mode,
        Pair = cell.Pair,
        Bytes = cell.Bytes,
        Connections = cell.Connections,
        Contender = contender.Name,
        Rep = rep,
    };
}

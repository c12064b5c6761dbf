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

    /// <summary>Ping: round trips a second.</summary>
    public double? PerS { get; init; }

    public double? P50Us { get; init; }

    public double? P99Us { get; init; }

    /// <summary>Ping: CPU microseconds of the relay process for one round trip.</summary>
    public double? CpuUsEach { get; init; }
}

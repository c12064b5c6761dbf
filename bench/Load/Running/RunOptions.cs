namespace Zerocopy.Bench.Load.Running;

/// <summary>What to measure. Written into the first line of the results.</summary>
internal sealed record RunOptions
{
    internal const int SizeMax = 16 << 20;

    internal static string[] AllPairs { get; } = ["tcp-tcp", "unix-tcp", "tcp-unix", "unix-unix"];

    internal static int[] AllSizes { get; } = [1 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20];

    internal static string[] AllModes { get; } = ["tput", "ping"];

    /// <summary>Counted rounds; one more comes first, to warm up.</summary>
    public int Reps { get; init; } = 9;

    public double Seconds { get; init; } = 0.5;

    /// <summary>Client side and target side of the relay.</summary>
    public string[] Pairs { get; init; } = AllPairs;

    /// <summary>Bytes per send of the throughput cells.</summary>
    public int[] Sizes { get; init; } = AllSizes;

    public string[] Modes { get; init; } = AllModes;

    /// <summary>Bytes per request of the latency cells.</summary>
    public int[] PingSizes { get; init; } = [1, 1 << 10, 16 << 10];

    public int[] PingConnections { get; init; } = [1, 50];

    /// <summary>Check the content too, not only the count; costs the sender and the receiver time.</summary>
    public bool Verify { get; init; }

    internal static RunOptions Smoke { get; } = new()
    {
        Reps = 1,
        Seconds = 0.05,
        Pairs = ["tcp-tcp", "unix-unix"],
        Sizes = [1 << 10, 256 << 10],
        PingSizes = [1 << 10],
        Verify = true,
    };

    internal IEnumerable<Cell> CellsOf(string pair)
    {
        IEnumerable<Cell> throughput = Sizes.Select(size => new Cell(Cell.Throughput, pair, size, 1));
        IEnumerable<Cell> latency = PingConnections
            .SelectMany(connections => PingSizes.Select(size => new Cell(Cell.Ping, pair, size, connections)));
        return throughput.Concat(latency).Where(cell => Modes.Contains(cell.Mode));
    }
}

using System.Text.Json.Serialization;

namespace Zerocopy.Bench.Load.Running;

/// <summary>What to measure. Written into the first line of the results.</summary>
internal sealed record RunOptions
{
    internal const int SizeMax = 16 << 20;
    internal const int FileSizeMax = 1 << 30;

    private const string Tcp = "tcp-tcp";

    internal static string[] AllPairs { get; } = [Tcp, "unix-tcp", "tcp-unix", "unix-unix"];

    /// <summary>1 KiB to 1 MiB.</summary>
    internal static int[] AllSizes { get; } = [.. Enumerable.Range(10, 11).Select(power => 1 << power)];

    /// <summary>What a run does unless it is told something else.</summary>
    internal static string[] AllModes { get; } = [Cell.Throughput, Cell.Ping];

    /// <summary>Each of these is a run of its own.</summary>
    internal static string[] AloneModes { get; } = [Cell.Race, Cell.Tee, Cell.Stall, Cell.Files, Cell.Web];

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

    /// <summary>Connections of the idle cells; null: there are none.</summary>
    public int[]? IdleConnections { get; init; }

    /// <summary>Check the content too, not only the count; costs the sender and the receiver time.</summary>
    public bool Verify { get; init; }

    /// <summary>As <see cref="Running.Network.Of"/> takes it; null: loopback.</summary>
    public string? Net { get; init; }

    [JsonIgnore]
    internal Network Network => Network.Of(Net);

    /// <summary>The program of another build to compare with; null: the usual contenders.</summary>
    [JsonIgnore]
    public string? Against { get; init; }

    /// <summary>Where the tee's files are made. The results say which file system that is.</summary>
    [JsonIgnore]
    public string TeeFolder { get; init; } = Path.GetTempPath();

    internal static RunOptions DefaultsOf(string[] modes, Network network)
        => DefaultsOf(modes).In(network);

    internal static RunOptions DefaultsOf(string[] modes) => modes switch
    {
        [Cell.Race] => new()
        {
            Modes = modes,
            Pairs = RaceStage.Pairs,
            Sizes = [1 << 10, 16 << 10, 64 << 10, 512 << 10],
            IdleConnections = [100, 1000, 6000],
        },
        [Cell.Tee] => new()
        {
            Modes = modes,
            Pairs = TeeStage.Pairs,
            Sizes = [4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20],
        },
        [Cell.Stall] => new() { Modes = modes, Pairs = StallStage.Pairs, Sizes = [], Reps = 5, Seconds = 10 },
        [Cell.Files] => new() { Modes = modes, Pairs = FilesStage.Pairs, Sizes = [64 << 10, 1 << 20, 64 << 20] },
        [Cell.Web] => new()
        {
            Modes = modes,
            Pairs = WebStage.Pairs,
            Sizes = [16 << 10, 1 << 20],
            Reps = 5,
            Seconds = 3,
        },
        _ => new() { Modes = modes },
    };

    /// <summary>One tiny run of everything.</summary>
    internal static RunOptions[] SmokesOf(Network network)
        => network == Network.Loopback ? s_smokes : [.. s_smokes[..2].Select(smoke => smoke.In(network))];

    private static readonly RunOptions[] s_smokes =
    [
        Smoke,
        DefaultsOf([Cell.Race]) with
        {
            Reps = 1, Seconds = 0.02, Sizes = [64 << 10], IdleConnections = [20], Verify = true,
        },
        DefaultsOf([Cell.Tee]) with { Reps = 1, Seconds = 0.05, Sizes = [256 << 10], Verify = true },
        DefaultsOf([Cell.Stall]) with { Reps = 1, Seconds = 0.1, Verify = true },
        DefaultsOf([Cell.Files]) with { Reps = 1, Seconds = 0.02, Sizes = [1 << 20], Verify = true },
    ];

    /// <summary>This build against itself.</summary>
    internal static RunOptions SmokeAgainst(Network network) => Smoke.In(network) with
    {
        Pairs = [Tcp],
        PingConnections = [1],
        Against = Self.ProgramIn(AppContext.BaseDirectory),
    };

    private RunOptions In(Network network) => network == Network.Loopback
        ? this : this with { Net = network.Name, Pairs = [Tcp], IdleConnections = null };

    private static RunOptions Smoke => new()
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

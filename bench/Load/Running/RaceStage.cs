using System.Diagnostics;

namespace Zerocopy.Bench.Load.Running;

/// <summary><c>run --only race</c>: the sample proxy against the proxies of others, each in processes of its own, over
/// TCP: throughput, round trips, connections that come and go, and memory of connections that rest.</summary>
internal sealed class RaceStage : IStage
{
    private const string Tcp = "tcp-tcp";
    private const int SettleMs = 5; // What an end of stream still costs the relay belongs to it.
    private const int SocatIdleMax = 100; // A process for each connection.
    private const int IdleMax = 1000; // Of those that are no servers.
    private const int RestMs = 1000;

    private readonly string _folder = Directory.CreateTempSubdirectory("zerocopy-race-").FullName;
    private readonly Dictionary<string, RacePeer> _peers = [];
    private readonly RunOptions _options;

    private RaceField? _field;
    private ChildProcess? _sender;
    private ChildProcess? _receiver;

    private RaceStage(RunOptions options) => _options = options;

    internal static string[] Pairs { get; } = [Tcp];

    private ChildProcess Sender => _sender!;

    private ChildProcess Receiver => _receiver!;

    private Network Network => _options.Network;

    private TimeSpan Duration => TimeSpan.FromSeconds(_options.Seconds);

    internal static Scene Scene(RunOptions options) => new(
        [.. CellsOf(options)],
        cell => cell.Mode == Cell.Idle
            ? [.. RaceField.Of(options).Where(contender => TakesPartInIdle(contender, cell.Connections))]
            : RaceField.Of(options),
        () =>
        {
            RaceStage stage = new(options);
            return IStage.StartAsync(stage, stage.StartAsync);
        });

    public async Task<Measurement> TakeAsync(Cell cell, Contender contender, int rep)
    {
        RacePeer? peer = _peers.GetValueOrDefault(contender.Name);
        Measurement row = cell.Mode switch
        {
            Cell.Ping => await PingAsync(cell, contender, peer),
            Cell.Churn => await ChurnAsync(cell, contender, peer),
            Cell.Idle => await IdleAsync(cell, contender),
            _ => await ThroughputAsync(cell, contender, peer),
        };
        return row with { Rep = rep };
    }

    public async ValueTask DisposeAsync()
    {
        foreach (RacePeer peer in _peers.Values)
        {
            await peer.DisposeAsync();
        }

        foreach (ChildProcess? child in (ChildProcess?[])[_sender, _receiver])
        {
            if (child is not null)
            {
                await child.DisposeAsync();
            }
        }

        Directory.Delete(_folder, recursive: true);
    }

    private static IEnumerable<Cell> CellsOf(RunOptions options) =>
    [
        .. options.Sizes.Select(size => new Cell(Cell.Throughput, Tcp, size, 1)),
        new(Cell.Throughput, Tcp, 256 << 10, 8),
        new(Cell.Ping, Tcp, 1, 1),
        new(Cell.Ping, Tcp, 1 << 10, 50),
        new(Cell.Ping, Tcp, 16 << 10, 50),
        new(Cell.Churn, Tcp, 64, 1),
        new(Cell.Churn, Tcp, 64, 32),
        .. (options.IdleConnections ?? []).Select(connections => new Cell(Cell.Idle, Tcp, 1, connections)),
    ];

    private static bool TakesPartInIdle(Contender contender, int connections)
        => contender.Kind is not null && connections <= contender.Name switch
        {
            RaceField.Socat => SocatIdleMax,
            Contender.Subject or Contender.Again or RaceField.HaProxy or RaceField.Nginx => int.MaxValue,
            _ => IdleMax,
        };

    private async Task StartAsync()
    {
        _field = new RaceField(_folder, Network.Relay.Address);
        _receiver = await ChildProcess.StartAsync(
            Network.Target, "receiver", Path.Combine(_folder, "target"), Network.Target.Address);
        _sender = await ChildProcess.StartAsync(Network.Client, "sender");
        foreach (Contender contender in RaceField.Of(_options).Where(contender => contender.Kind is not null))
        {
            _peers[contender.Name] = await _field.StartAsync(contender, Receiver.Ready[0]);
        }
    }

    /// <summary>Where the client connects: the proxy, or the target where there is none.</summary>
    private string DoorOf(RacePeer? peer) => peer is null ? Receiver.Ready[0] : $"{Network.Relay.Address}:{peer.Port}";

    private async Task<Measurement> ThroughputAsync(Cell cell, Contender contender, RacePeer? peer)
    {
        Cpu? before = peer?.Tree.Now();
        Receiver.Command($"receive-all {cell.Bytes} {_options.Verify} {cell.Connections}");
        Sender.Command(
            $"send-all {DoorOf(peer)} {cell.Bytes} {_options.Seconds} {_options.Verify} {cell.Connections}");
        string[] received = await Receiver.ExpectAsync("received", Duration);
        string[] sent = await Sender.ExpectAsync("sent", Duration);
        double? used = await UsedAsync(peer, before);
        long bytes = long.Parse(received[0]);
        BenchException.Require(bytes == long.Parse(sent[0]), $"sent {sent[0]} bytes, received {bytes}");
        return Measurement.Of(cell, contender, rep: 0) with
        {
            MbS = Math.Round(bytes / 1e6 / double.Parse(received[1]), 2),
            CpuSGb = Rounded(used * 1e3 / bytes, 5),
        };
    }

    private async Task<Measurement> PingAsync(Cell cell, Contender contender, RacePeer? peer)
    {
        await ConnectAsync(cell, peer);
        Cpu? before = peer?.Tree.Now();
        string[] answer = await Sender.AskAsync($"ping {_options.Seconds}", "pinged", Duration);
        double? used = await UsedAsync(peer, before);
        await CloseAsync();
        return Latencies(cell, contender, answer, used);
    }

    private async Task<Measurement> ChurnAsync(Cell cell, Contender contender, RacePeer? peer)
    {
        Cpu? before = peer?.Tree.Now();
        Receiver.Command("echo-churn");
        string[] answer = await Sender.AskAsync(
            $"churn {DoorOf(peer)} {Receiver.Ready[0]} {cell.Bytes} {_options.Seconds} {cell.Connections}",
            "churned",
            Duration);
        string[] echoed = await Receiver.ExpectAsync("echoed", default);
        double? used = await UsedAsync(peer, before);
        BenchException.Require(
            answer[0] == echoed[0], $"{answer[0]} connections were made, {echoed[0]} have arrived");
        return Latencies(cell, contender, answer, used);
    }

    /// <summary>With a process that is new: one that had such connections before keeps their memory.</summary>
    private async Task<Measurement> IdleAsync(Cell cell, Contender contender)
    {
        await using RacePeer peer = await _field!.StartAsync(contender, Receiver.Ready[0]);
        await ConnectAsync(cell with { Connections = 1 }, peer);
        await CloseAsync();
        (long resident, long proportional) = peer.Tree.Memory();
        await ConnectAsync(cell, peer);
        (long residentAfter, long proportionalAfter) = peer.Tree.Memory();
        await Task.Delay(SettleMs);
        Cpu before = peer.Tree.Now();
        Stopwatch rest = Stopwatch.StartNew();
        await Task.Delay(RestMs);
        double usedUs = peer.Tree.Now() - before;
        double restS = rest.Elapsed.TotalSeconds;
        await CloseAsync();
        return Measurement.Of(cell, contender, rep: 0) with
        {
            RssKibEach = Math.Round((residentAfter - resident) / 1024.0 / cell.Connections, 2),
            PssKibEach = Math.Round((proportionalAfter - proportional) / 1024.0 / cell.Connections, 2),
            CpuMsS = Math.Round(usedUs / 1e3 / restS, 3),
        };
    }

    /// <summary>With one round trip on each connection, so that the proxy has dialled them all.</summary>
    private async Task ConnectAsync(Cell cell, RacePeer? peer)
    {
        Receiver.Command($"echo tcp {cell.Connections}");
        await Sender.AskAsync($"connect {DoorOf(peer)} {cell.Bytes} {cell.Connections}", "connected");
    }

    private async Task CloseAsync()
    {
        await Sender.AskAsync("close", "closed");
        await Receiver.ExpectAsync("echoed", default);
    }

    private static async Task<double?> UsedAsync(RacePeer? peer, Cpu? before)
    {
        await Task.Delay(SettleMs);
        return peer is null ? null : peer.Tree.Now() - before!;
    }

    private static Measurement Latencies(Cell cell, Contender contender, string[] answer, double? usedUs)
    {
        long count = long.Parse(answer[0]);
        return Measurement.Of(cell, contender, rep: 0) with
        {
            PerS = Math.Round(count / double.Parse(answer[1]), 1),
            P50Us = Math.Round(double.Parse(answer[2]), 2),
            P99Us = Math.Round(double.Parse(answer[3]), 2),
            P999Us = Math.Round(double.Parse(answer[4]), 2),
            CpuUsEach = Rounded(usedUs / count, 3),
        };
    }

    private static double? Rounded(double? value, int digits) => value is { } known ? Math.Round(known, digits) : null;
}

namespace Zerocopy.Bench.Load.Running;

/// <summary>The processes of one socket pair: client, target, and a relay for each contender, all there from the first
/// cell to the last, so that what is measured is warm.</summary>
internal sealed class Stage : IStage
{
    private readonly string _folder = Directory.CreateTempSubdirectory("zerocopy-load-").FullName;
    private readonly Dictionary<string, ChildProcess> _relays = [];
    private readonly Take _take;
    private readonly Network _network;

    private ChildProcess? _sender;
    private ChildProcess? _receiver;
    private ChildProcess? _copies;

    private Stage(Take take, Network network)
    {
        _take = take;
        _network = network;
    }

    internal delegate Task<Measurement> Take(Stage stage, Cell cell, Contender contender, int rep);

    internal ChildProcess Sender => _sender!;

    internal ChildProcess Receiver => _receiver!;

    /// <summary>A second target, for the copies that relays make; it accepts nothing before it is told to.</summary>
    internal ChildProcess Copies => _copies!;

    internal static Task<IStage> SetAsync(
        string pair, Contender[] contenders, bool isMirrored, Network network, Take take)
    {
        Stage stage = new(take, network);
        return IStage.StartAsync(
            stage, () => stage.StartAsync(new Cell(Cell.Throughput, pair, 0, 0), contenders, isMirrored));
    }

    /// <summary>The contender's relay; null for none.</summary>
    internal ChildProcess? RelayOf(Contender contender) => _relays.GetValueOrDefault(contender.Name);

    /// <summary>Where the client connects: the relay, or the target where there is none.</summary>
    internal string DoorOf(Contender contender, Cell cell) => RelayOf(contender)?.Ready[0] ?? Target(cell);

    public Task<Measurement> TakeAsync(Cell cell, Contender contender, int rep) => _take(this, cell, contender, rep);

    public async ValueTask DisposeAsync()
    {
        foreach (ChildProcess? child in _relays.Values.Append(_sender).Append(_receiver).Append(_copies))
        {
            if (child is not null)
            {
                await child.DisposeAsync();
            }
        }

        Directory.Delete(_folder, recursive: true);
    }

    private async Task StartAsync(Cell cell, Contender[] contenders, bool isMirrored)
    {
        _receiver = await StartReceiverAsync("target");
        _sender = await ChildProcess.StartAsync(_network.Client, "sender");
        if (isMirrored)
        {
            _copies = await StartReceiverAsync("copies");
        }

        foreach (Contender contender in contenders)
        {
            if (contender.Kind is not null)
            {
                string listen = cell.ClientKind == "unix"
                    ? $"unix:{Path.Combine(_folder, contender.Name)}"
                    : $"{_network.Relay.Address}:0";
                _relays[contender.Name] = await ChildProcess.StartFromAsync(
                    contender.Program, "relay", contender.Kind, listen, Target(cell));
            }
        }
    }

    private Task<ChildProcess> StartReceiverAsync(string name) => ChildProcess.StartAsync(
        _network.Target, "receiver", Path.Combine(_folder, name), _network.Target.Address);

    private string Target(Cell cell) => Receiver.Ready[cell.TargetKind == "unix" ? 1 : 0];
}

// Makes the flows of a schedule: sockets, peers, options, and what will go wrong.

namespace Zerocopy.Properties.Simulation;

internal sealed partial class Simulation
{
    private void OpenTransfer(Flow flow)
    {
        SimSocket from = _kernel.OpenSocket(_random.Chance(40));
        SimSocket to = _kernel.OpenSocket(_random.Chance(40));
        FlowOptions options = MakeOptions(out int prefixLength);
        int stream = _nextStream++;
        options = options with { Prefix = SimContent.Memory(stream, 0, prefixLength) };
        _kernel.AddPeer(MakePeer(from, stream, prefixLength, PickEnd(PeerEnd.Fin)));
        _kernel.AddPeer(MakeReader(to));
        Start(Make(flow, new SimEnd(_kernel, from), new SimEnd(_kernel, to), stream, options), watches: true);
    }

    private void OpenRelay()
    {
        SimSocket left = _kernel.OpenSocket(_random.Chance(40));
        SimSocket right = _kernel.OpenSocket(_random.Chance(40));
        SimEnd leftEnd = new(_kernel, left);
        SimEnd rightEnd = new(_kernel, right);
        bool answers = _random.Chance(50);
        SimDirection forward = OpenDirection(leftEnd, rightEnd, PeerEnd.Fin);
        SimDirection backward = OpenDirection(rightEnd, leftEnd, answers ? PeerEnd.FinAfterFin : PeerEnd.Fin);
        Start(forward, watches: false);
        Start(backward, watches: false);
    }

    private SimDirection OpenDirection(SimEnd source, SimEnd destination, PeerEnd end)
    {
        FlowOptions options = MakeOptions(out int prefixLength);
        int stream = _nextStream++;
        options = options with { Prefix = SimContent.Memory(stream, 0, prefixLength) };
        _kernel.AddPeer(MakePeer(source.Socket, stream, prefixLength, PickEnd(end)));
        return Make(new Flow(), source, destination, stream, options);
    }

    private void Start(SimDirection direction, bool watches)
    {
        FlowOptions options = direction.Options;
        TransferRoute route = options.Mode == TransferMode.CopyOnly ? TransferRoute.ReadWrite : TransferRoute.SpliceThroughPipe;
        direction.StartMs = _kernel.NowMs;
        direction.Flow.Start(
            direction.Source, direction.Destination, route, options, options.Prefix, _resources, _kernel.NowMs);
        direction.Flow.WatchesDestination = watches;
        _live.Add(direction);
    }

    private SimDirection Make(Flow flow, SimEnd source, SimEnd destination, int stream, FlowOptions options)
    {
        SimDirection direction = new(source, destination, stream, options)
        {
            Flow = flow,
            Planned = _random.Chance(_schedule.Faults) ? Mishap.Pick(_random) : null,
        };
        source.Socket.Reader = direction;
        destination.Socket.Writer = direction;
        return direction;
    }

    private FlowOptions MakeOptions(out int prefixLength)
    {
        prefixLength = _random.Chance(25) ? _random.Between(1, _random.Pick<int>([10, 3000, 100_000])) : 0;
        return new FlowOptions
        {
            Mode = _random.Pick<TransferMode>(
                [TransferMode.Auto, TransferMode.Auto, TransferMode.Auto, TransferMode.RequireZeroCopy, TransferMode.CopyOnly]),
            LimitBytes = _random.Chance(25) ? _random.Between(1, _schedule.KiB * 1300) : null,
            BytesPerSecond = _random.Chance(12) ? _random.Pick<long>([500, 5000, 100_000]) * _schedule.KiB : null,
        };
    }

    private PeerEnd PickEnd(PeerEnd usual)
        => _random.Chance(_schedule.Faults)
            ? _random.Pick<PeerEnd>([PeerEnd.Never, PeerEnd.Reset, PeerEnd.TimedOut, PeerEnd.FinThenReset])
            : usual;

    private SimPeer MakePeer(SimSocket socket, int stream, int start, PeerEnd end)
        => new(socket, _random, stream, start, PickBytes(), end)
        {
            StopsReadingAfter = _random.Chance(_schedule.Faults / 3) ? PickBytes() : long.MaxValue,
            DiesAfter = _random.Chance(_schedule.Faults / 3) ? PickBytes() : long.MaxValue,
        };

    private SimPeer MakeReader(SimSocket socket)
        => new(socket, _random, 0, 0, 0, PeerEnd.Never)
        {
            StopsReadingAfter = _random.Chance(_schedule.Faults / 3) ? PickBytes() : long.MaxValue,
            DiesAfter = _random.Chance(_schedule.Faults / 3) ? PickBytes() : long.MaxValue,
        };

    private int PickBytes()
        => _random.Chance(10) ? _random.Below(3)
            : _random.Between(1, 1 + (_schedule.KiB * 1024 / _random.Pick<int>([1, 1, 2, 20])));
}

// Makes the flows of a schedule: sockets, peers, options, and what will go wrong.

namespace Zerocopy.Properties.Simulation;

internal sealed partial class Simulation
{
    private void OpenTransfer(Flow flow)
    {
        Mishap? mishap = PickMishap();
        SimSocket from = _kernel.OpenSocket(mishap?.SourceIsUnix ?? _random.Chance(40));
        bool diesInSilence = mishap?.Call == "death";
        bool toIsUnix = !diesInSilence && _random.Chance(40); // Of a unix socket's death nothing tells.
        SimSocket to = _kernel.OpenSocket(toIsUnix);
        SimEnd source = new(_kernel, from);
        SimEnd destination = new(_kernel, to);
        SimDirection direction = Open(flow, source, destination, diesInSilence ? PeerEnd.Never : PeerEnd.Fin, mishap);
        _kernel.AddActor(MakePeer(to, 0, 0, 0, PeerEnd.Never, PeerStyle.Any, diesInSilence ? 1 : null));
        Start(direction, watches: true);
    }

    private void OpenRelay()
    {
        Mishap? forth = PickMishap();
        Mishap? back = PickMishap();
        SimEnd left = new(_kernel, _kernel.OpenSocket(forth?.SourceIsUnix ?? _random.Chance(40)));
        SimEnd right = new(_kernel, _kernel.OpenSocket(back?.SourceIsUnix ?? _random.Chance(40)));
        SimDirection forward = Open(new Flow(), left, right, PeerEnd.Fin, forth);
        SimDirection backward = Open(
            new Flow(), right, left, _random.Chance(50) ? PeerEnd.FinAfterFin : PeerEnd.Fin, back);
        Start(forward, watches: false);
        Start(backward, watches: false);
    }

    private SimDirection Open(Flow flow, SimEnd source, SimEnd destination, PeerEnd end, Mishap? mishap)
    {
        FlowOptions options = MakeOptions(out int prefixLength);
        int stream = _nextStream++;
        options = options with
        {
            Prefix = SimContent.Memory(stream, 0, prefixLength),
            Mode = mishap?.Mode ?? options.Mode,
        };
        PeerStyle style = mishap?.SourceStyle ?? PeerStyle.Any;
        SimSocket socket = (SimSocket)source.Descriptor;
        _kernel.AddActor(MakePeer(socket, stream, prefixLength, PickBytes(), PickEnd(end), style, null));
        SimDirection direction = new(source, destination, stream, options) { Flow = flow, Planned = mishap };
        source.Descriptor.Reader = direction;
        destination.Descriptor.Writer = direction;
        return direction;
    }

    private void Start(SimDirection direction, bool watches, FlowMirror? mirror = null)
    {
        FlowOptions options = direction.Options;
        bool isShared = direction.Source.IsSharedPipe || direction.Destination.IsSharedPipe;
        TransferMechanism route = options.Mode == TransferMode.CopyOnly ? TransferMechanism.ReadWrite
            : isShared && mirror is null ? TransferMechanism.Splice
            : TransferMechanism.SpliceThroughPipe;
        direction.StartMs = _kernel.NowMs;
        direction.Flow.Start(
            direction.Source, direction.Destination, route, options, options.Prefix, _resources, _kernel.NowMs, mirror);
        direction.Flow.WatchesDestination = watches;
        _live.Add(direction);
    }

    private Mishap? PickMishap()
        => _random.Chance(Math.Min(95, _schedule.Faults * 2)) ? Mishap.Pick(_random) : null;

    private FlowOptions MakeOptions(out int prefixLength)
    {
        prefixLength = _random.Chance(25) ? _random.Between(1, _random.Pick<int>([10, 3000, 100_000])) : 0;
        return new FlowOptions
        {
            Mode = _random.Chance(50) ? TransferMode.Auto : (TransferMode)_random.Below(3),
            LimitBytes = _random.Chance(25) ? _random.Between(1, _schedule.KiB * 1300) : null,
            BytesPerSecond = _random.Chance(12) ? _random.Pick<long>([500, 5000, 100_000]) * _schedule.KiB : null,
        };
    }

    private PeerEnd PickEnd(PeerEnd usual)
        => _random.Chance(_schedule.Faults / 3)
            ? _random.Pick<PeerEnd>([PeerEnd.Never, PeerEnd.Reset, PeerEnd.TimedOut, PeerEnd.FinThenReset])
            : usual;

    private SimPeer MakePeer(
        SimSocket socket, int stream, int start, int bytes, PeerEnd end, PeerStyle style, long? diesAfter)
        => new(socket, _random, stream, start, bytes, end, style)
        {
            ReadMax = _schedule.KiB * _random.Pick<int>([3, 10, 100, 1000]),
            StopsReadingAfter = _random.Chance(_schedule.Faults / 8) ? PickBytes() : long.MaxValue,
            DiesAfter = diesAfter ?? (_random.Chance(_schedule.Faults / 8) ? PickBytes() : long.MaxValue),
        };

    private int PickBytes()
        => _random.Chance(5) ? _random.Below(3)
            : _random.Between(1, 1 + (_schedule.KiB * 1024 / _random.Pick<int>([1, 1, 2, 10])));
}

// Makes the world of a schedule: listeners, clients, upstreams, and the server between them.
using System.Net;
using System.Net.Sockets;
using Zerocopy.Properties.Simulation;
using Zerocopy.Server;
using Zerocopy.Sys;

namespace Zerocopy.Properties.Servers;

internal sealed partial class ServerSimulation
{
    private const int FirstPort = 10_000;

    private readonly Dictionary<string, ServedSocket> _clients = [];
    private int _nextStream = 1;

    private ServerSettings MakeSettings(PeerAddress[] upstream)
    {
        bool isTight = _random.Chance(40);
        return new ServerSettings
        {
            Upstream = upstream,
            Flow = new FlowOptions { Mode = _random.Chance(60) ? TransferMode.Auto : (TransferMode)_random.Below(3) },
            MaxConnections = isTight ? _random.Between(1, _random.Pick<int>([2, 5, 20])) : 1000,
            ConnectTimeoutMs = _random.Chance(60) ? _random.Pick<int>([20, 300, 2000]) : -1,
            IdleTimeoutMs = _random.Chance(50) ? _random.Pick<int>([30, 500, 3000]) : -1,
            LingerMs = _random.Chance(50) ? _random.Pick<int>([0, 40, 800]) : -1,
            HalfClose = _random.Chance(75),
            Records = _delivery,
            Warnings = new Warnings(_delivery),
        };
    }

    private PeerAddress[] MakeUpstreams()
    {
        PeerAddress[] upstream = new PeerAddress[_random.Chance(70) ? 1 : _random.Between(2, 3)];
        for (int i = 0; i < upstream.Length; i++)
        {
            upstream[i] = new PeerAddress(
                _random.Chance(25) ? new UnixDomainSocketEndPoint($"/upstream{i}")
                : new IPEndPoint(_random.Chance(20) ? IPAddress.IPv6Loopback : IPAddress.Loopback, FirstPort + i));
        }

        return upstream;
    }

    private ServedListener MakeListener(int index)
        => _kernel.Listen(
            _random.Chance(25) ? new UnixDomainSocketEndPoint($"/listener{index}")
            : new IPEndPoint(IPAddress.Loopback, index));

    private ServedSocket MakeSocket(bool isUnix, bool isClient)
    {
        int stream = _nextStream++;
        ServedSocket socket = new(isUnix, stream, isClient)
        {
            RoomMax = _random.Pick<int>([3000, 20_000, 87_040, 400_000]),
            OpenedMs = _kernel.NowMs,
            MovedMs = _kernel.NowMs,
            Refusal = _random.Chance(_schedule.Faults / 5)
                ? _random.Pick<Errno>([Errno.EINVAL, Errno.ENOSYS, Errno.EPERM, Errno.EOPNOTSUPP]) : 0,
            Address = !isClient ? null
                : isUnix ? new UnixDomainSocketEndPoint($"\0client{stream}")
                : new IPEndPoint(new IPAddress([10, 0, (byte)(stream >> 8), (byte)stream]), FirstPort + stream),
        };
        return socket;
    }

    /// <summary>One more client has come.</summary>
    private void Come(ServedListener listener)
    {
        ServedSocket client = MakeSocket(listener.IsUnix, isClient: true);
        _clients.Add(client.Address!.ToString()!, client);
        _kernel.AddActor(MakePeer(client));
        _kernel.Arrive(listener, client);
    }

    private SimPeer MakePeer(ServedSocket socket)
    {
        PeerEnd end = _random.Chance(_schedule.Faults / 2)
            ? _random.Pick<PeerEnd>(
                [PeerEnd.Never, PeerEnd.Reset, PeerEnd.TimedOut, PeerEnd.FinThenReset, PeerEnd.Close])
            : _random.Pick<PeerEnd>([PeerEnd.Fin, PeerEnd.Fin, PeerEnd.FinAfterFin]);
        return new SimPeer(socket, _random, socket.Stream, 0, PickBytes(), end, PeerStyle.Any)
        {
            ReadMax = _schedule.KiB * _random.Pick<int>([10, 100, 1000]),
            StopsReadingAfter = _random.Chance(_schedule.Faults / 8) ? PickBytes() : long.MaxValue,
            DiesAfter = _random.Chance(_schedule.Faults / 8) ? PickBytes() : long.MaxValue,
        };
    }

    private int PickBytes()
        => _random.Chance(20) ? _random.Below(3)
            : _random.Between(1, 1 + (_schedule.KiB * 1024 / _random.Pick<int>([1, 2, 10, 40])));

    private FlowHost MakeHost(ServedEpoll epoll)
    {
        MoveResources resources = new(_kernel, _pages, _blocks, new FlowTotals(isShared: false));
        return new FlowHost(new EventLoop(epoll), resources);
    }

    /// <summary>Clients that have yet to come.</summary>
    private sealed class Crowd(ServerSimulation simulation, ServedListener[] listeners, int toCome, int atOnce)
        : SimActor
    {
        internal override bool IsQuiet => toCome == 0 || Array.TrueForAll(listeners, listener => listener.IsClosed);

        internal override void Tick()
        {
            ServedListener listener = listeners[simulation._random.Below(listeners.Length)];
            if (IsQuiet || listener.IsClosed || simulation._random.Chance(50))
            {
                return;
            }

            int come = Math.Min(toCome, atOnce);
            toCome -= come;
            for (int i = 0; i < come; i++)
            {
                simulation.Come(listener);
            }
        }

        internal override bool ActsOn(SimFd fd) => false;
    }
}

// A server of the library's between clients of the test and an upstream of the test.
using System.Net;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Server;

namespace Zerocopy.Conformance.Servers;

/// <summary>A started server, its upstream's listener, and what it has told.</summary>
internal sealed class ServerRig : IAsyncDisposable
{
    private readonly LoopGroup? _group;
    private readonly Lock _lock = new();
    private readonly List<RelayConnection> _records = [];
    private readonly List<RelayServerWarning> _warnings = [];

    private ServerRig(Socket upstream, RelayServerOptions options, LoopGroup? group, IKernel? kernel)
    {
        Upstream = upstream;
        _group = group;
        options.ConnectionsEnded ??= Keep;
        options.Warned ??= Keep;
        Server = new RelayServer(options, group ?? LoopGroup.Default, kernel ?? LinuxKernel.Instance);
    }

    internal RelayServer Server { get; }

    /// <summary>Listens where the server connects to.</summary>
    internal Socket Upstream { get; }

    internal RelayConnection[] Records
    {
        get
        {
            lock (_lock)
            {
                return [.. _records];
            }
        }
    }

    internal RelayServerWarning[] Warnings
    {
        get
        {
            lock (_lock)
            {
                return [.. _warnings];
            }
        }
    }

    internal static async Task<ServerRig> Start(
        Family front = Family.Tcp,
        Family back = Family.Tcp,
        Action<RelayServerOptions>? set = null,
        int? loops = null,
        IKernel? kernel = null)
    {
        Socket upstream = SocketPair.Listen(back, out EndPoint endPoint);
        upstream.Listen(1024);
        RelayServerOptions options = new() { Upstream = endPoint };
        set?.Invoke(options);
        if (options.Listeners.Count == 0)
        {
            options.Listeners.Add(new RelayListener(front == Family.Unix
                ? new UnixDomainSocketEndPoint(NewPath()) : new IPEndPoint(IPAddress.Loopback, 0)));
        }

        LoopGroup? group = loops is { } count ? new LoopGroup("server test", count) : null;
        ServerRig rig = new(upstream, options, group, kernel);
        try
        {
            await rig.Server.StartAsync();
            return rig;
        }
        catch
        {
            await rig.DisposeAsync();
            throw;
        }
    }

    internal static string NewPath() => Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    internal Socket Connect(int listener = 0) => Connect(Server.EndPoints[listener]);

    /// <summary>Connects, and is reset before a byte has come: on a slow machine before the connect returns.</summary>
    internal async Task ConnectAndBeReset()
    {
        Received received = new(0, SocketError.ConnectionReset);
        try
        {
            using Socket client = Connect();
            received = await Peer.Read(client).Within("the reset");
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            // So soon.
        }

        Assert.Equal(new Received(0, SocketError.ConnectionReset), received);
    }

    internal static Socket Connect(EndPoint endPoint)
    {
        bool isUnix = endPoint is UnixDomainSocketEndPoint;
        Socket socket = new(
            endPoint.AddressFamily, SocketType.Stream, isUnix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        try
        {
            socket.Connect(endPoint);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The upstream's side of a connection.</summary>
    internal Task<Socket> Accept() => Deadline.OnThread(Upstream.Accept).Within("the connection to the upstream");

    /// <summary>A client and, through the server, its peer.</summary>
    internal async Task<(Socket Client, Socket Peer)> ConnectBoth(int listener = 0)
    {
        Socket client = Connect(listener);
        return (client, await Accept());
    }

    /// <summary>The records, once there are so many.</summary>
    internal async Task<RelayConnection[]> Ended(int count)
    {
        await Deadline.Until($"{count} connections have ended", () => Records.Length >= count);
        return Records;
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Upstream.Dispose();
        await Deadline.Until("nobody lingers on its loops", () => ProcessTotals.LingeringCount == 0);
        _group?.Dispose();
    }

    private void Keep(IReadOnlyList<RelayConnection> ended)
    {
        lock (_lock)
        {
            _records.AddRange(ended);
        }
    }

    private void Keep(RelayServerWarning warning)
    {
        lock (_lock)
        {
            _warnings.Add(warning);
        }
    }
}

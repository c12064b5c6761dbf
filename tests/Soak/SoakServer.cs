// A server of the library's, its upstream, and which two ends of its connections belong together.
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Zerocopy.Properties.Simulation;
using Zerocopy.Server;

namespace Zerocopy.Soak;

/// <summary>Listens at a TCP and a unix address. Each client begins with a number, by which the upstream knows whose
/// peer it has accepted; and has an address of its own, by which its record is known.</summary>
internal sealed class SoakServer : IAsyncDisposable
{
    internal const int NumberBytes = sizeof(long);

    private static long s_numbers;

    private readonly ConcurrentDictionary<long, TaskCompletionSource<Socket>> _peers = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<RelayConnection>> _records = new();
    private readonly EndPoint _behind;
    private Socket _upstream = null!;
    private Task _accepting = Task.CompletedTask;
    private long _connected;
    private long _told;
    private long _bytesTold;

    private SoakServer(
        bool isTcpBehind, LoopGroup group, IKernel kernel, EndPoint path, Action<RelayServerOptions>? set)
    {
        _behind = isTcpBehind ? new IPEndPoint(IPAddress.Loopback, 0) : SoakFiles.NewSocketPath();
        Up();
        RelayServerOptions options = new()
        {
            Upstream = _upstream.LocalEndPoint,
            DrainTimeout = Timeout.InfiniteTimeSpan,
            ConnectionsEnded = Keep,
        };
        options.Listeners.Add(new RelayListener(new IPEndPoint(IPAddress.Loopback, 0)));
        options.Listeners.Add(new RelayListener(path));
        set?.Invoke(options);
        Server = new RelayServer(options, group, kernel);
    }

    internal RelayServer Server { get; }

    internal bool IsTcpBehind => _behind is IPEndPoint;

    /// <summary>Clients that have connected.</summary>
    internal long Connected => Volatile.Read(ref _connected);

    /// <param name="isTcpBehind">The family of the upstream.</param>
    /// <param name="group">Its loops; null: those of the process.</param>
    /// <param name="kernel">Null: the real one.</param>
    /// <param name="before">Null, or one that has stopped: its path is taken over. Its port may be somebody else's by
    /// now.</param>
    /// <param name="set">The other options.</param>
    internal static async Task<SoakServer> StartAsync(
        bool isTcpBehind,
        LoopGroup? group = null,
        IKernel? kernel = null,
        SoakServer? before = null,
        Action<RelayServerOptions>? set = null)
    {
        EndPoint path = before?.Server.EndPoints[1] ?? SoakFiles.NewSocketPath();
        SoakServer server = new(isTcpBehind, group ?? LoopGroup.Default, kernel ?? LinuxKernel.Instance, path, set);
        try
        {
            await server.Server.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Connects a client, which has said its number, unless it is silent.</summary>
    /// <exception cref="SocketException">Nobody listens.</exception>
    internal ServedClient Connect(SimRandom random, bool isSilent = false)
    {
        long number = Interlocked.Increment(ref s_numbers);
        EndPoint to = Server.EndPoints[random.Below(Server.EndPoints.Count)];
        Socket socket = Link.New(to);
        try
        {
            socket.Bind(to is UnixDomainSocketEndPoint ? NewPath(number) : NewAddress(number));
            SocketError error = Connect(socket, to);
            _ = Interlocked.Increment(ref _connected);
            string address = socket.LocalEndPoint!.ToString()!;
            TaskCompletionSource<Socket> peer = NewSource<Socket>();
            _ = _peers.TryAdd(number, peer);
            Task<RelayConnection> record = RecordOf(address).Task;
            if (!isSilent && error == SocketError.Success)
            {
                _ = socket.Send(BitConverter.GetBytes(number), SocketFlags.None, out error);
            }

            return new ServedClient(this, number, address, socket, error, peer.Task, record);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>It may be accepted and reset before this thread runs again.</summary>
    private static SocketError Connect(Socket socket, EndPoint to)
    {
        try
        {
            socket.Connect(to);
            return SocketError.Success;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            return e.SocketErrorCode;
        }
    }

    /// <summary>The client's round is over.</summary>
    internal void Forget(ServedClient client)
    {
        _ = _records.TryRemove(client.Address, out _);
        if (!_peers.TryRemove(client.Number, out _))
        {
            _ = client.Peer.ContinueWith(peer => peer.Result.Dispose(), TaskScheduler.Default); // It is given soon.
        }
    }

    /// <summary>The upstream goes down. Only a unix one comes up again where it was.</summary>
    internal Task Down()
    {
        _upstream.Dispose();
        return _accepting;
    }

    internal void Up()
    {
        _upstream = Link.Listen(Link.New(_behind), _behind);
        _upstream.Listen(1024);
        Socket listener = _upstream;
        _accepting = Crew.Run(() => Accept(listener));
    }

    /// <summary>Whether counters, records and rounds agree, once no connection is left.</summary>
    /// <returns>Null if they do, or all of them.</returns>
    internal string? Disagreement(bool isStopped)
    {
        RelayServerCounters counters = Server.GetCounters();
        long ended = counters.Relayed + counters.ConnectFailures + counters.NoDescriptors + counters.ClientLeft
            + counters.Stopped;
        long bytes = counters.BytesToUpstream + counters.BytesToClient;
        long accepted = counters.Accepted;
        bool agree = counters is { Active: 0, RecordsDropped: 0, CallbackFailures: 0 }
            && (isStopped ? accepted <= Connected : accepted == Connected)
            && (ended, _told, _bytesTold) == (accepted, accepted, bytes) && _peers.IsEmpty && _records.IsEmpty;
        return agree ? null
            : $"{Connected} connected, {accepted} accepted, {counters.Active} active, {ended} ended, {_told} told; "
                + $"{bytes} bytes, {_bytesTold} told; {_peers.Count} peers and {_records.Count} records are left; "
                + $"{counters.RecordsDropped} dropped, {counters.CallbackFailures} failed";
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Down();
    }

    private static UnixDomainSocketEndPoint NewPath(long number)
        => new(string.Create(CultureInfo.InvariantCulture, $"\0soak-{Environment.ProcessId}-{number}"));

    /// <summary>Not the port alone: that is another client's as soon as a connection was reset.</summary>
    private static IPEndPoint NewAddress(long number)
        => new(new IPAddress([127, (byte)(1 + ((number >> 16) % 250)), (byte)(number >> 8), (byte)number]), 0);

    private static TaskCompletionSource<T> NewSource<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private TaskCompletionSource<RelayConnection> RecordOf(string address)
        => _records.GetOrAdd(address, _ => NewSource<RelayConnection>());

    private void Keep(IReadOnlyList<RelayConnection> ended)
    {
        foreach (RelayConnection record in ended)
        {
            _told++;
            _bytesTold += record.Relay.LeftToRight.BytesWritten + record.Relay.RightToLeft.BytesWritten;
            _ = RecordOf(record.Client.ToString()!).TrySetResult(record);
        }
    }

    private void Accept(Socket listener)
    {
        try
        {
            while (true)
            {
                Socket accepted = listener.Accept();
                _ = Crew.Run(() => Introduce(accepted));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It is down.
        }
    }

    /// <summary>Gives an accepted socket to whom it belongs to, if there is anybody.</summary>
    private void Introduce(Socket accepted)
    {
        byte[] number = new byte[NumberBytes];
        int done = 0;
        for (int count = 1; done < NumberBytes && count > 0; done += count)
        {
            count = accepted.Receive(number.AsSpan(done), SocketFlags.None, out _);
        }

        if (done == NumberBytes
            && _peers.TryRemove(BitConverter.ToInt64(number), out TaskCompletionSource<Socket>? peer))
        {
            peer.SetResult(accepted);
        }
        else
        {
            accepted.Dispose();
        }
    }
}

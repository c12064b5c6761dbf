using System.Net;
using System.Net.Sockets;
using Zerocopy.Sys;

namespace Zerocopy.Server;

/// <summary>A layer 4 proxy: accepts TCP and unix connections, connects each to an upstream and relays bytes between
/// the two inside the kernel, until both have ended.</summary>
/// <remarks>
/// <para>It runs on the process's event loops, which relays share; each connection stays on one of them, and no thread
/// of the pool and no <see cref="Socket"/> is needed for it. How many loops there are is decided at their first use:
/// half of the processors, at most 8, or the runtime setting <c>Zerocopy.LoopCount</c>.</para>
/// <para>For want of descriptors or memory it stops accepting, and who comes waits in the listener's queue; living
/// connections go on.</para>
/// <para>Threads: all members may be called by any thread. Elsewhere than on Linux starting it throws
/// <see cref="PlatformNotSupportedException"/>.</para>
/// </remarks>
/// <seealso href="https://man7.org/linux/man-pages/man2/accept.2.html">accept(2)</seealso>
/// <seealso href="https://man7.org/linux/man-pages/man2/splice.2.html">splice(2)</seealso>
public sealed class RelayServer : IAsyncDisposable
{
    private const int DeliveryMs = 1000; // For the last records and warnings.

    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _hurry = new(TaskCreationOptions.RunContinuationsAsynchronously); // No drain.
    private readonly RelayListener[] _listeners;
    private readonly EndPoint _upstream;
    private readonly ServerSettings _settings;
    private readonly Delivery _delivery;
    private readonly TimeSpan _drainTimeout;
    private readonly LoopGroup _group;
    private readonly IKernel _kernel;
    private ListeningSocket[] _sockets = [];
    private ServerCore? _core;
    private Task? _started;
    private Task? _stopped;

    /// <summary>Makes a server that listens nowhere yet.</summary>
    /// <param name="options">Where and how it serves; read now.</param>
    /// <exception cref="ArgumentException">There is no listener or no upstream, or the upstream's end point is of
    /// another kind than those named there.</exception>
    /// <exception cref="NotSupportedException">Zero copy is required, and the kernel may not move bytes
    /// here.</exception>
    public RelayServer(RelayServerOptions options)
        : this(options, LoopGroup.Default, LinuxKernel.Instance)
    {
    }

    /// <summary>Makes a server with one listener and the default options.</summary>
    /// <param name="listen">See <see cref="RelayListener.EndPoint"/>.</param>
    /// <param name="upstream">See <see cref="RelayServerOptions.Upstream"/>.</param>
    /// <exception cref="ArgumentException">An end point of another kind.</exception>
    public RelayServer(EndPoint listen, EndPoint upstream)
        : this(new RelayServerOptions { Upstream = upstream, Listeners = { new RelayListener(listen) } })
    {
    }

    internal RelayServer(RelayServerOptions options, LoopGroup group, IKernel kernel)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Listeners.Count == 0)
        {
            throw new ArgumentException("it listens nowhere: Listeners is empty", nameof(options));
        }

        _listeners = new RelayListener[options.Listeners.Count];
        options.Listeners.CopyTo(_listeners, 0);
        _upstream = options.Upstream switch
        {
            null => throw new ArgumentException("Upstream is null", nameof(options)),
            IPEndPoint or UnixDomainSocketEndPoint or DnsEndPoint => options.Upstream,
            { } other => throw new ArgumentException(
                $"Upstream is a {other.GetType().Name}; only IP, unix and DNS end points can be dialed",
                nameof(options)),
        };
        if (options.Mode == TransferMode.RequireZeroCopy && !Platform.HasKernel)
        {
            throw ThrowHelper.NotZeroCopy($"not on Linux, or the switch {Platform.CopyOnlySwitch} is on");
        }

        _group = group;
        _kernel = kernel;
        _drainTimeout = options.DrainTimeout;
        _delivery = new Delivery(options.ConnectionsEnded, options.Warned);
        _settings = new ServerSettings
        {
            Upstream = [],
            Flow = new FlowOptions { Mode = Platform.HasKernel ? options.Mode : TransferMode.CopyOnly },
            MaxConnections = options.MaxConnections ?? DescriptorBudget.MaxConnections(),
            ConnectTimeoutMs = IdleClock.Milliseconds(options.ConnectTimeout),
            IdleTimeoutMs = IdleClock.Milliseconds(options.IdleTimeout),
            LingerMs = IdleClock.Milliseconds(options.LingerAfterHalfClose),
            HalfClose = options.HalfClose,
            IsMaxByLimit = options.MaxConnections is null,
            Warnings = _delivery.WantsWarnings ? new Warnings(_delivery) : null,
            Records = _delivery.WantsRecords ? _delivery : null,
        };
    }

    /// <summary>Where it listens, in the order of <see cref="RelayServerOptions.Listeners"/>, with the ports that the
    /// kernel has chosen; empty before it has started.</summary>
    public IReadOnlyList<EndPoint> EndPoints => Array.ConvertAll(_sockets, socket => socket.EndPoint);

    /// <summary>Completes once the program's delegates were told of everything, after the stop. For tests.</summary>
    internal Task Told => _delivery.EndAsync();

    /// <summary>Resolves the upstream's name, if it is one, and begins to accept.</summary>
    /// <param name="cancellationToken">Gives up resolving; nothing listens then.</param>
    /// <returns>Completes once every listener accepts.</returns>
    /// <exception cref="SocketException">An address is taken or not ours, or the name is unknown. Nothing listens
    /// then, and the server can be started again.</exception>
    /// <exception cref="InvalidOperationException">It was started before, or stopped.</exception>
    /// <exception cref="PlatformNotSupportedException">This is not Linux.</exception>
    public Task StartAsync(CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (!OperatingSystem.IsLinux())
            {
                throw new PlatformNotSupportedException("A RelayServer needs Linux.");
            }

            if (_stopped is not null || _started is { IsFaulted: false, IsCanceled: false })
            {
                throw new InvalidOperationException("The server was started before, or stopped.");
            }

            return _started = StartOnceAsync(cancellationToken);
        }
    }

    /// <summary>Accepts no more, lets connections go on until they end by themselves, and resets those that have not
    /// after <see cref="RelayServerOptions.DrainTimeout"/>. Who waits in a listener's queue is reset.</summary>
    /// <param name="cancellationToken">Ends the drain: what still lives is reset at once. The server stops all the
    /// same, and nothing is thrown.</param>
    /// <returns>Completes once no connection is left, and the last of them was told of: for that it waits a second at
    /// most.</returns>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        Task stopped;
        lock (_lock)
        {
            stopped = _stopped ??= StopOnceAsync();
        }

        using (cancellationToken.UnsafeRegister(static hurry => ((TaskCompletionSource)hurry!).TrySetResult(), _hurry))
        {
            await stopped.ConfigureAwait(false);
        }
    }

    /// <summary>What it has done so far.</summary>
    /// <returns>The sums of all its loops.</returns>
    public RelayServerCounters GetCounters() => _core?.GetCounters() ?? new RelayServerCounters();

    /// <summary>How many connections each loop has. For tests.</summary>
    internal int[] GetCounts() => _core?.GetCounts() ?? [];

    /// <summary>Stops without a drain, also if a drain is going on: as <see cref="StopAsync"/> with a token that is
    /// cancelled already.</summary>
    /// <returns>Completes once no connection is left.</returns>
    public async ValueTask DisposeAsync()
        => await StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(false);

    private async Task StartOnceAsync(CancellationToken cancellationToken)
    {
        await Task.Yield(); // Not under the lock.
        PeerAddress[] upstream = await ResolveAsync(cancellationToken).ConfigureAwait(false);
        _delivery.Start();
        List<ListeningSocket> sockets = [];
        try
        {
            foreach (RelayListener listener in _listeners)
            {
                sockets.Add(ListeningSocket.Open(listener));
            }

            FlowHost[] hosts = new FlowHost[_group.Count];
            for (int i = 0; i < hosts.Length; i++)
            {
                hosts[i] = _group[i];
            }

            ServerCore core = new(_settings with { Upstream = upstream }, _kernel, hosts, [.. sockets]);
            Errno error = await core.ListenAsync().ConfigureAwait(false);
            if (error != 0)
            {
                await core.StopListeningAsync().ConfigureAwait(false);
                core.Drain();
                core.Abort(); // A loop that listened before another one could not may have accepted.
                await core.Ended.ConfigureAwait(false);
                throw ThrowHelper.Kernel("epoll_ctl", (int)error);
            }

            _core = core;
            _sockets = core.Sockets;
        }
        catch
        {
            sockets.ForEach(socket => socket.Close());
            throw;
        }
    }

    private Task<PeerAddress[]> ResolveAsync(CancellationToken cancellationToken)
        => _upstream is DnsEndPoint dns
            ? LookUpAsync(dns, cancellationToken) : Task.FromResult<PeerAddress[]>([new PeerAddress(_upstream)]);

    // In a method of its own, as there is no LINQ here: each assembly that has to be loaded takes two descriptors, of
    // which a small limit has none to spare.
    private static async Task<PeerAddress[]> LookUpAsync(DnsEndPoint dns, CancellationToken cancellationToken)
    {
        IPAddress[] addresses = await Dns.GetHostAddressesAsync(dns.Host, dns.AddressFamily, cancellationToken)
            .ConfigureAwait(false);
        return addresses.Length == 0
            ? throw ThrowHelper.NoAddress(dns.Host)
            : Array.ConvertAll(addresses, address => new PeerAddress(new IPEndPoint(address, dns.Port)));
    }

    private async Task StopOnceAsync()
    {
        await Task.Yield(); // Not under the lock.
        if (_started is { } started)
        {
            await started.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (_core is { } core)
        {
            await EndAsync(core).ConfigureAwait(false);
        }

        // Not for longer: it is the program's code that is waited for, and it may be that which waits for us.
        await _delivery.EndAsync().WaitAsync(TimeSpan.FromMilliseconds(DeliveryMs))
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task EndAsync(ServerCore core)
    {
        await core.StopListeningAsync().ConfigureAwait(false);
        Array.ForEach(_sockets, socket => socket.Close());
        core.Drain();
        try
        {
            _ = await Task.WhenAny(core.Ended, _hurry.Task).WaitAsync(_drainTimeout).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // What still lives is cut off, as if somebody were in a hurry.
        }

        if (!core.Ended.IsCompleted)
        {
            core.Abort();
            await core.Ended.ConfigureAwait(false);
        }
    }
}

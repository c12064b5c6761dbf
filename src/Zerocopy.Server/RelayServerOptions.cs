using System.Net;
using System.Net.Sockets;

namespace Zerocopy.Server;

/// <summary>How a <see cref="RelayServer"/> serves. Read once, when the server is made.</summary>
public sealed class RelayServerOptions
{
    /// <summary>Where it listens: one or more.</summary>
    public IList<RelayListener> Listeners { get; } = [];

    /// <summary>Where every connection is relayed to: an <see cref="IPEndPoint"/>, a
    /// <see cref="UnixDomainSocketEndPoint"/>, or a <see cref="DnsEndPoint"/>, which is resolved once, at the start,
    /// and whose addresses are tried in turn.</summary>
    public EndPoint? Upstream { get; set; }

    /// <summary>How long one address of the upstream may take to answer. 5 seconds by default;
    /// <see cref="Timeout.InfiniteTimeSpan"/>: as long as the kernel tries, about two minutes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is zero, negative or more than 24 days.</exception>
    public TimeSpan ConnectTimeout
    {
        get;
        set => field = ThrowHelper.RequireTimeout(nameof(ConnectTimeout), value);
    } = TimeSpan.FromSeconds(5);

    /// <summary>Ends a connection in which no byte has moved, either way, for so long. Default
    /// <see cref="Timeout.InfiniteTimeSpan"/>: never.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is zero, negative or more than 24 days.</exception>
    public TimeSpan IdleTimeout
    {
        get;
        set => field = ThrowHelper.RequireTimeout(nameof(IdleTimeout), value);
    } = Timeout.InfiniteTimeSpan;

    /// <summary>True (the default): who ends its direction can still receive. False: the first end of stream ends the
    /// connection.</summary>
    public bool HalfClose { get; set; } = true;

    /// <summary>How long the second direction may go on after the first has ended. Default
    /// <see cref="Timeout.InfiniteTimeSpan"/>: as long as it likes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is zero, negative or more than 24 days.</exception>
    public TimeSpan LingerAfterHalfClose
    {
        get;
        set => field = ThrowHelper.RequireTimeout(nameof(LingerAfterHalfClose), value);
    } = Timeout.InfiniteTimeSpan;

    /// <summary>Which mechanisms may be used. Default <see cref="TransferMode.Auto"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is none of the enum's.</exception>
    public TransferMode Mode
    {
        get;
        set => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(Mode), value, null);
    }

    /// <summary>How many connections there may be at once; whoever comes then waits in the listener's queue. 1 or more.
    /// Null (the default): as many as the limit of open files has room for, two for each.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is zero or negative.</exception>
    public int? MaxConnections
    {
        get;
        set
        {
            if (value is { } count)
            {
                ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count, nameof(MaxConnections));
            }

            field = value;
        }
    }

    /// <summary>How long <see cref="RelayServer.StopAsync"/> lets connections go on before it resets them. 30 seconds
    /// by default; <see cref="Timeout.InfiniteTimeSpan"/>: as long as its token lets it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is zero, negative or more than 24 days.</exception>
    public TimeSpan DrainTimeout
    {
        get;
        set => field = ThrowHelper.RequireTimeout(nameof(DrainTimeout), value);
    } = TimeSpan.FromSeconds(30);

    /// <summary>Is told of each connection once it has ended. Called on a thread of the server's, never twice at once,
    /// with what has ended since the last call. What it throws is counted
    /// (<see cref="RelayServerCounters.CallbackFailures"/>) and otherwise ignored. More than 10,000 records that wait
    /// for it are dropped, and counted. Null: nobody is, and then a connection costs no memory.</summary>
    public Action<IReadOnlyList<RelayConnection>>? ConnectionsEnded { get; set; }

    /// <summary>Is told what the server survives and its operator should know. Called on a thread of the server's,
    /// for each kind at most once a second; what it throws is counted, as above. Null: nobody is.</summary>
    public Action<RelayServerWarning>? Warned { get; set; }
}

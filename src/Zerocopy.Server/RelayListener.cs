using System.Net;
using System.Net.Sockets;

namespace Zerocopy.Server;

/// <summary>One address that a <see cref="RelayServer"/> listens at. Immutable; validated when set.</summary>
public sealed record RelayListener
{
    /// <summary>Listens at an address.</summary>
    /// <param name="endPoint">An <see cref="IPEndPoint"/>, whose port may be 0: the kernel chooses one; or a
    /// <see cref="UnixDomainSocketEndPoint"/>, abstract if its path begins with a null character.</param>
    /// <exception cref="ArgumentNullException">It is null.</exception>
    /// <exception cref="ArgumentException">It is of another kind.</exception>
    public RelayListener(EndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        if (endPoint is not (IPEndPoint or UnixDomainSocketEndPoint))
        {
            throw new ArgumentException(
                $"a {endPoint.GetType().Name}; a server listens at IP and unix end points", nameof(endPoint));
        }

        EndPoint = endPoint;
    }

    /// <summary>Where it listens.</summary>
    public EndPoint EndPoint { get; }

    /// <summary>Who may connect to a unix socket with a path: its permissions, set before anybody can connect. Null:
    /// what the process's umask leaves. Of no meaning elsewhere.</summary>
    public UnixFileMode? UnixMode { get; init; }

    /// <summary>True (the default): who listens at <see cref="IPAddress.IPv6Any"/> hears IPv4 too. Of no meaning
    /// elsewhere.</summary>
    public bool DualStack { get; init; } = true;

    /// <summary>How many connections may wait to be accepted: 1 or more, by default 4096. The kernel allows no more
    /// than <c>net.core.somaxconn</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is zero or negative.</exception>
    public int Backlog
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            field = value;
        }
    } = 4096;
}

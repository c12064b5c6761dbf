using System.Net;
using System.Net.Sockets;

namespace Zerocopy;

/// <summary>Connects stream sockets that .NET's own socket engine has never registered.</summary>
/// <remarks>A socket that has waited in one of .NET's async calls, <c>ConnectAsync</c> among them, wakes .NET's
/// engine thread for every event of ours as well, which costs a relay up to three times the CPU per message. The
/// sockets returned here are ordinary ones otherwise: their sync calls wait, their async calls work.</remarks>
/// <seealso href="https://man7.org/linux/man-pages/man2/connect.2.html">connect(2)</seealso>
public static class Dialer
{
    /// <summary>Connects to an address; no thread waits.</summary>
    /// <param name="endPoint">An <see cref="IPEndPoint"/>, a <see cref="UnixDomainSocketEndPoint"/>, or a
    /// <see cref="DnsEndPoint"/>, whose addresses are tried in turn.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>A connected socket, owned by the caller; on TCP with <see cref="Socket.NoDelay"/> set, because a
    /// relay passes on messages as they come.</returns>
    /// <exception cref="ArgumentException">An end point of another kind.</exception>
    /// <exception cref="SocketException">Nobody listens there, the name is unknown, no descriptors are
    /// left.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <example>
    /// <code>
    /// using Socket socket = await Dialer.ConnectAsync(EndPointText.Parse("unix:/run/app.sock"), token);
    /// </code>
    /// </example>
    public static ValueTask<Socket> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        return endPoint switch
        {
            DnsEndPoint dns => ConnectByNameAsync(dns, cancellationToken),
            IPEndPoint or UnixDomainSocketEndPoint => ConnectToAddressAsync(endPoint, cancellationToken),
            _ => throw ThrowHelper.Argument(
                nameof(endPoint), $"a {endPoint.GetType().Name}; only IP, unix and DNS end points can be dialed"),
        };
    }

    /// <summary>Connects to a host; no thread waits.</summary>
    /// <param name="host">A name, whose addresses are tried in turn, or an IP address.</param>
    /// <param name="port">1 to 65535.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentException">The host is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The port is none.</exception>
    /// <inheritdoc cref="ConnectAsync(EndPoint, CancellationToken)"
    /// path="/returns | /exception[not(contains(@cref, 'ArgumentException'))]"/>
    public static ValueTask<Socket> ConnectAsync(
        string host, int port, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(host);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, IPEndPoint.MaxPort);
        bool isAddress = IPAddress.TryParse(host, out IPAddress? address);
        return ConnectAsync(
            isAddress ? new IPEndPoint(address!, port) : new DnsEndPoint(host, port), cancellationToken);
    }

    private static async ValueTask<Socket> ConnectByNameAsync(DnsEndPoint dns, CancellationToken cancellationToken)
    {
        IPAddress[] addresses = await Dns.GetHostAddressesAsync(dns.Host, dns.AddressFamily, cancellationToken)
            .ConfigureAwait(false);
        for (int i = 0; i < addresses.Length; i++)
        {
            try
            {
                IPEndPoint address = new(addresses[i], dns.Port);
                return await ConnectToAddressAsync(address, cancellationToken).ConfigureAwait(false);
            }
            catch (SocketException) when (i < addresses.Length - 1)
            {
                continue; // The next address may answer; the last one's error is thrown.
            }
        }

        throw ThrowHelper.NoAddress(dns.Host);
    }

    private static ValueTask<Socket> ConnectToAddressAsync(EndPoint endPoint, CancellationToken cancellationToken)
        => Platform.HasKernel
            ? new(DialOperation.ConnectAsync(endPoint, cancellationToken))
            : ConnectByFrameworkAsync(endPoint, cancellationToken);

    private static async ValueTask<Socket> ConnectByFrameworkAsync(
        EndPoint endPoint, CancellationToken cancellationToken)
    {
        bool isUnix = endPoint is UnixDomainSocketEndPoint;
        while (true)
        {
            Socket socket = new(
                endPoint.AddressFamily, SocketType.Stream, isUnix ? ProtocolType.Unspecified : ProtocolType.Tcp);
            try
            {
                if (!isUnix)
                {
                    socket.NoDelay = true;
                }

                await socket.ConnectAsync(endPoint, cancellationToken).ConfigureAwait(false);
                return socket;
            }
            catch (SocketException e) when (isUnix && e.SocketErrorCode == SocketError.WouldBlock)
            {
                socket.Dispose(); // The listener's queue is full, and nothing tells when it is not.
            }
            catch
            {
                socket.Dispose();
                throw;
            }

            await Task.Delay(DialMachine.QueueFullRetryMs, cancellationToken).ConfigureAwait(false);
        }
    }
}

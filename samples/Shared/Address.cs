using System.Net;
using System.Net.Sockets;

namespace Zerocopy.Samples;

/// <summary>Listens where the arguments say.</summary>
internal static class Address
{
    /// <summary>An address to listen at: of a name its first one; of all addresses those that this host has.</summary>
    /// <exception cref="SocketException">The name is unknown.</exception>
    internal static EndPoint Resolve(EndPoint endPoint) => endPoint switch
    {
        DnsEndPoint dns => new IPEndPoint(LookUp(dns.Host), dns.Port),
        IPEndPoint ip when ip.Address.Equals(IPAddress.IPv6Any) && !Socket.OSSupportsIPv6
            => new IPEndPoint(IPAddress.Any, ip.Port),
        _ => endPoint,
    };

    /// <summary>Listens there.</summary>
    /// <exception cref="SocketException">It is taken, or not ours.</exception>
    internal static Socket Listen(EndPoint endPoint)
    {
        endPoint = Resolve(endPoint);
        bool isUnix = endPoint is UnixDomainSocketEndPoint;
        ProtocolType protocol = isUnix ? ProtocolType.Unspecified : ProtocolType.Tcp;
        Socket listener = new(endPoint.AddressFamily, SocketType.Stream, protocol);
        try
        {
            if (!isUnix)
            {
                listener.NoDelay = true; // Inherited by every accepted connection.
            }

            if (endPoint is IPEndPoint ip && ip.Address.Equals(IPAddress.IPv6Any))
            {
                listener.DualMode = true; // [::] means IPv4 too.
            }

            Bind(listener, endPoint);
            listener.Listen();
            return listener;
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    private static IPAddress LookUp(string name)
    {
        try
        {
            return Dns.GetHostAddresses(name)[0];
        }
        catch (ArgumentException)
        {
            throw new SocketException((int)SocketError.HostNotFound); // It is too long for a name.
        }
    }

    /// <summary>True if somebody listens at a unix socket of that path.</summary>
    internal static bool Answers(string path)
    {
        try
        {
            using Socket probe = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            probe.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static void Bind(Socket listener, EndPoint endPoint)
    {
        try
        {
            listener.Bind(endPoint);
        }
        catch (SocketException e)
            when (e.SocketErrorCode == SocketError.AddressAlreadyInUse && IsStale(endPoint))
        {
            File.Delete(endPoint.ToString()!);
            listener.Bind(endPoint);
        }
    }

    /// <summary>True for a unix socket's file that nobody listens on, left by a process that was killed.</summary>
    private static bool IsStale(EndPoint endPoint)
    {
        const int NoSuchDevice = 6; // ENXIO: how open(2) refuses a socket, and no ordinary file.
        if (endPoint is not UnixDomainSocketEndPoint || endPoint.ToString()!.StartsWith('@'))
        {
            return false; // An abstract name goes with its socket.
        }

        try
        {
            using Socket probe = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            probe.Connect(endPoint);
            return false;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            try
            {
                File.OpenHandle(endPoint.ToString()!, FileMode.Open, FileAccess.ReadWrite).Dispose();
                return false;
            }
            catch (IOException open)
            {
                return open.HResult == NoSuchDevice;
            }
        }
    }
}

using System.Net;
using System.Net.Sockets;

namespace Zerocopy.Samples;

/// <summary>Why nobody can listen at an address, in words that say what to do.</summary>
internal static class ListenFailure
{
    private const int PrivilegedPortsEnd = 1024;

    internal static string Explain(EndPoint endPoint, Exception e)
        => (e as SocketException)?.SocketErrorCode is not { } error ? e.Message
            : endPoint is UnixDomainSocketEndPoint ? ExplainPath($"{endPoint}", error) ?? e.Message
            : ExplainPort(endPoint, error) ?? e.Message;

    private static string? ExplainPort(EndPoint endPoint, SocketError error) => error switch
    {
        SocketError.AddressAlreadyInUse => "the address is in use, somebody listens there already",
        SocketError.AddressNotAvailable => "no interface of this host has that address",
        SocketError.AddressFamilyNotSupported => "this host does not have that kind of address",
        SocketError.AccessDenied when Port(endPoint) is > 0 and < PrivilegedPortsEnd
            => $"permission denied, a port below {PrivilegedPortsEnd} needs root or CAP_NET_BIND_SERVICE",
        SocketError.AccessDenied => "permission denied",
        _ => null,
    };

    /// <summary>What the kernel says of a path is an errno for many reasons; the path itself tells more.</summary>
    private static string? ExplainPath(string path, SocketError error)
    {
        if (path.StartsWith('@'))
        {
            return error == SocketError.AddressAlreadyInUse
                ? "the name is in use, somebody listens there already" : null;
        }

        string folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
        if (FirstMissing(folder) is { } missing)
        {
            return File.Exists(missing) ? $"{missing} is no directory" : $"there is no directory {missing}";
        }

        return error switch
        {
            SocketError.AccessDenied => $"permission denied, no socket may be made in {folder}",
            SocketError.AddressAlreadyInUse when Address.Answers(path) => "somebody listens there already",
            SocketError.AddressAlreadyInUse => "something of that name is there, and it is no socket left behind",
            SocketError.AddressNotAvailable => $"no socket can be made in {folder}",
            _ => null,
        };
    }

    /// <summary>The first part of the way to a folder that is no folder; null: it is there.</summary>
    private static string? FirstMissing(string folder)
    {
        if (Directory.Exists(folder))
        {
            return null;
        }

        string? above = Path.GetDirectoryName(folder);
        return above is null ? folder : FirstMissing(above) ?? folder;
    }

    private static int Port(EndPoint endPoint) => endPoint switch
    {
        IPEndPoint ip => ip.Port,
        DnsEndPoint dns => dns.Port,
        _ => 0,
    };
}

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Zerocopy;

/// <summary>End points as people type them: in arguments, settings and logs.</summary>
/// <remarks>
/// <list type="table">
/// <item><term><c>10.0.0.1:80</c>, <c>[::1]:80</c>, <c>[fe80::1%eth0]:80</c></term>
/// <description>an <see cref="IPEndPoint"/></description></item>
/// <item><term><c>:80</c></term>
/// <description>to listen at: every address of this host, IPv6 and IPv4 (<see cref="IPAddress.IPv6Any"/>). Dialed it is
/// <c>[::1]</c> alone.</description></item>
/// <item><term><c>example.org:80</c></term><description>a <see cref="DnsEndPoint"/>, which is not looked up
/// here</description></item>
/// <item><term><c>unix:/run/app.sock</c></term><description>a <see cref="UnixDomainSocketEndPoint"/>; a relative path
/// is as good</description></item>
/// <item><term><c>unix:@name</c></term><description>one in the abstract namespace of Linux</description></item>
/// </list>
/// <para>A port is a decimal number up to 65535; 0 lets the kernel choose where one listens. Asks neither a file
/// system nor a name server. Thread-safe.</para>
/// </remarks>
/// <seealso href="https://man7.org/linux/man-pages/man7/unix.7.html">unix(7)</seealso>
public static class EndPointText
{
    private const string UnixScheme = "unix:";

    /// <summary>The end point that a text names.</summary>
    /// <param name="text">For instance <c>127.0.0.1:8080</c>.</param>
    /// <exception cref="FormatException">It names none; the message says why.</exception>
    /// <example>
    /// <code>
    /// EndPoint everywhere = EndPointText.Parse(":8080");
    /// EndPoint local = EndPointText.Parse("unix:/run/app.sock");
    /// </code>
    /// </example>
    public static EndPoint Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string? why = Read(text, out EndPoint? endPoint);
        return why is null ? endPoint! : throw new FormatException($"'{text}' is no end point: {why}.");
    }

    /// <summary>The end point that a text names, if it names one.</summary>
    /// <param name="text">For instance <c>127.0.0.1:8080</c>; null names none.</param>
    /// <param name="endPoint">The end point, or null.</param>
    /// <returns>True if it names one.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out EndPoint? endPoint)
    {
        endPoint = null;
        return text is not null && Read(text, out endPoint) is null;
    }

    /// <summary>The text of an end point, such that <see cref="Parse"/> understands it.</summary>
    /// <param name="endPoint">Of another kind than these: what it says of itself. A unix client's that has bound none
    /// is <c>unix:</c> alone, which names none.</param>
    public static string Format(EndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        return endPoint switch
        {
            UnixDomainSocketEndPoint => UnixScheme + endPoint, // Which writes @ for the abstract namespace.
            DnsEndPoint dns => string.Create(CultureInfo.InvariantCulture, $"{dns.Host}:{dns.Port}"),
            _ => endPoint.ToString() ?? endPoint.GetType().Name,
        };
    }

    /// <returns>Null, or why it is none.</returns>
    private static string? Read(string text, out EndPoint? endPoint)
    {
        endPoint = null;
        if (text.StartsWith(UnixScheme, StringComparison.Ordinal))
        {
            return ReadUnix(text[UnixScheme.Length..], out endPoint);
        }

        int colon = text.LastIndexOf(':');
        if (colon < 0)
        {
            return "it is written HOST:PORT, :PORT, [::1]:PORT, unix:/PATH or unix:@NAME";
        }

        ReadOnlySpan<char> digits = text.AsSpan(colon + 1);
        if (!ushort.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
        {
            return $"'{digits}' is no port, which is a number from 0 to 65535";
        }

        return ReadHost(text[..colon], port, out endPoint);
    }

    private static string? ReadHost(string host, int port, out EndPoint? endPoint)
    {
        endPoint = null;
        if (host.Length == 0)
        {
            endPoint = new IPEndPoint(IPAddress.IPv6Any, port);
        }
        else if (host[0] == '[' && host[^1] == ']' && IPAddress.TryParse(host, out IPAddress? six)
            && six.AddressFamily == AddressFamily.InterNetworkV6)
        {
            endPoint = new IPEndPoint(six, port);
        }
        else if (host.AsSpan().ContainsAny("[]:"))
        {
            return "an IPv6 address is written [::1]:PORT";
        }
        else if (IPAddress.TryParse(host, out IPAddress? four))
        {
            // In full only: "1" and "127.1" would be addresses too, as inet_aton reads them.
            endPoint = four.ToString() == host ? new IPEndPoint(four, port) : null;
        }
        else if (IsName(host))
        {
            endPoint = new DnsEndPoint(host, port);
        }

        return endPoint is null ? $"'{host}' is neither an address nor a name" : null;
    }

    /// <summary>No top-level domain is a number.</summary>
    private static bool IsName(string host)
        => Uri.CheckHostName(host) == UriHostNameType.Dns
            && host.AsSpan(host.LastIndexOf('.') + 1).ContainsAnyExceptInRange('0', '9');

    private static string? ReadUnix(string path, out EndPoint? endPoint)
    {
        endPoint = null;
        if (path is "" or "@")
        {
            return "the path is missing";
        }

        try
        {
            endPoint = new UnixDomainSocketEndPoint(path[0] == '@' ? '\0' + path[1..] : path);
            return null;
        }
        catch (ArgumentException)
        {
            return "the path of a unix socket has at most 107 bytes";
        }
    }
}

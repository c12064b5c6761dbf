// End points as people type them.
using System.Net;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Transfers;

public sealed class EndPointTextTests
{
    [Theory(Timeout = Deadline.Ms)]
    [InlineData("127.0.0.1:8080")]
    [InlineData("0.0.0.0:0")]
    [InlineData("[::1]:80")]
    [InlineData("[::]:65535")]
    [InlineData("example.org:80")]
    [InlineData("localhost:1")]
    [InlineData("my_service-1:443")]
    [InlineData("unix:/run/app.sock")]
    [InlineData("unix:relative.sock")]
    [InlineData("unix:/a:b")]
    [InlineData("unix:@name")]
    public void What_is_parsed_is_formatted_the_same(string text)
    {
        Assert.Equal(text, EndPointText.Format(EndPointText.Parse(text)));
        Assert.True(EndPointText.TryParse(text, out EndPoint? endPoint));
        Assert.Equal(EndPointText.Parse(text), endPoint);
    }

    [Fact(Timeout = Deadline.Ms)]
    public void Each_form_has_its_kind()
    {
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 80), EndPointText.Parse("127.0.0.1:80"));
        Assert.Equal(new IPEndPoint(IPAddress.IPv6Loopback, 80), EndPointText.Parse("[0:0::1]:80"));
        Assert.Equal(new IPEndPoint(IPAddress.IPv6Any, 80), EndPointText.Parse(":80"));
        Assert.Equal(7, ((IPEndPoint)EndPointText.Parse("[fe80::1%7]:80")).Address.ScopeId);
        Assert.Equal(new DnsEndPoint("localhost", 80), EndPointText.Parse("localhost:80"));
        Assert.Equal(new UnixDomainSocketEndPoint("/a"), EndPointText.Parse("unix:/a"));
        Assert.Equal(new UnixDomainSocketEndPoint("\0a"), EndPointText.Parse("unix:@a"));
        string longest = "unix:" + new string('p', 107);
        Assert.Equal(longest, EndPointText.Format(EndPointText.Parse(longest)));
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData("", "HOST:PORT")]
    [InlineData("localhost", "HOST:PORT")]
    [InlineData("localhost:", "'' is no port")]
    [InlineData("localhost:http", "'http' is no port")]
    [InlineData("localhost:65536", "'65536' is no port")]
    [InlineData("localhost:-1", "'-1' is no port")]
    [InlineData("localhost: 80", "' 80' is no port")]
    [InlineData("localhost:+80", "'+80' is no port")]
    [InlineData("::1:80", "[::1]:PORT")]
    [InlineData("[::1]", "no port")]
    [InlineData("[127.0.0.1]:80", "[::1]:PORT")]
    [InlineData("[::1:80", "[::1]:PORT")]
    [InlineData("1:80", "'1' is neither an address nor a name")]
    [InlineData("127.1:80", "'127.1' is neither an address nor a name")]
    [InlineData("256.0.0.1:80", "neither an address nor a name")]
    [InlineData("a b:80", "neither an address nor a name")]
    [InlineData("http://localhost:80", "[::1]:PORT")]
    [InlineData("unix:", "the path is missing")]
    [InlineData("unix:@", "the path is missing")]
    public void What_names_none_is_said_to(string text, string why)
    {
        Assert.False(EndPointText.TryParse(text, out EndPoint? endPoint));
        Assert.Null(endPoint);
        FormatException e = Assert.Throws<FormatException>(() => EndPointText.Parse(text));
        Assert.Contains($"'{text}'", e.Message);
        Assert.Contains(why, e.Message);
    }

    [Fact(Timeout = Deadline.Ms)]
    public void Null_and_a_path_that_is_too_long_name_none()
    {
        Assert.False(EndPointText.TryParse(null, out _));
        Assert.Throws<ArgumentNullException>("text", () => EndPointText.Parse(null!));
        Assert.Throws<ArgumentNullException>("endPoint", () => EndPointText.Format(null!));
        FormatException e = Assert.Throws<FormatException>(() => EndPointText.Parse("unix:" + new string('p', 109)));
        Assert.Contains("107 bytes", e.Message);
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task A_port_alone_is_dialed_at_this_host()
    {
        using Socket listener = new(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        listener.Listen();
        int port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        using Socket socket = await Dialer.ConnectAsync(EndPointText.Parse($":{port}"), CancellationToken.None);
        Assert.True(socket.Connected);
    }
}

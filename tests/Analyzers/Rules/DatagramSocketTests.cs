namespace Zerocopy.Analyzers.Tests;

/// <summary>ZC1005.</summary>
public sealed class DatagramSocketTests
{
    [Theory]
    [InlineData("var s = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp); "
        + "Transfer.Copy({|ZC1005:s|}, a);")]
    [InlineData("using Socket s = new(SocketType.Dgram, ProtocolType.Udp); Transfer.Copy(a, {|ZC1005:s|});")]
    [InlineData("Transfer.Copy({|ZC1005:new UdpClient().Client|}, file);")]
    [InlineData("using var udp = new UdpClient(); _ = Relay.RunAsync({|ZC1005:udp.Client|}, a);")]
    [InlineData("var s = new Socket(AddressFamily.Unix, SocketType.Seqpacket, 0); "
        + "Transfer.Copy({|ZC1005:s.SafeHandle|}, a);")]
    [InlineData("var s = new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Icmp); "
        + "pipe.ReadFrom({|ZC1005:s|});")]
    public Task Found(string source) => Verify.Body(source);

    [Theory]
    [InlineData("var s = new Socket(SocketType.Stream, ProtocolType.Tcp); Transfer.Copy(s, a);")]
    [InlineData("var s = new Socket(AddressFamily.InterNetwork, yes ? SocketType.Dgram : SocketType.Stream, "
        + "ProtocolType.IP); Transfer.Copy(s, a);")]
    [InlineData("Socket s = new(SocketType.Dgram, ProtocolType.Udp); s = a; Transfer.Copy(s, b);")]
    [InlineData("Transfer.Copy(client.Client, a);")]
    [InlineData("Socket s = new(SocketType.Dgram, ProtocolType.Udp); s.Send(buffer);")]
    [InlineData("Transfer.Copy(yes ? a : new Socket(SocketType.Dgram, ProtocolType.Udp), b);")]
    public Task Not_found(string source) => Verify.Body(source);
}

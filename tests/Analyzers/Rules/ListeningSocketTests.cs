namespace Zerocopy.Analyzers.Tests;

/// <summary>ZC1019.</summary>
public sealed class ListeningSocketTests
{
    [Theory]
    [InlineData("var l = new TcpListener(IPAddress.Any, 1); Transfer.Copy({|ZC1019:l.Server|}, file);")]
    [InlineData("Socket s = new(SocketType.Stream, ProtocolType.Tcp); s.Listen(); Transfer.Copy({|ZC1019:s|}, file);")]
    [InlineData("a.Listen(); _ = Relay.RunAsync({|ZC1019:a|}, b);")]
    [InlineData("var next = a.Accept(); Transfer.Copy(next, {|ZC1019:a|});")]
    public Task Found(string source) => Verify.Body(source);

    [Theory]
    [InlineData("a.Listen(); using Socket s = a.Accept(); Transfer.Copy(s, file);")]
    [InlineData("if (yes) { a.Listen(); return; } Transfer.Copy(a, file);")]
    [InlineData("Transfer.Copy(a, file); a.Listen();")]
    [InlineData("var l = new TcpListener(IPAddress.Any, 1); Transfer.Copy(l.AcceptSocket(), file);")]
    public Task Not_found(string source) => Verify.Body(source);
}

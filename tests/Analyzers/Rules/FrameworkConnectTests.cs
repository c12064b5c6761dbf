using Zerocopy.Analyzers.CodeFixes;

namespace Zerocopy.Analyzers.Tests;

/// <summary>ZC1030. Its forms are in Forms/ways.txt.</summary>
public sealed class FrameworkConnectTests
{
    [Theory]
    [InlineData("path, 80, token")]
    [InlineData("path, 80")]
    [InlineData("new IPEndPoint(IPAddress.Loopback, 80), token")]
    public Task The_Dialer_connects(string arguments)
        => Verify.AsyncFix<DialerFix>(
            $$"""
            using Socket u = new(SocketType.Stream, ProtocolType.Tcp);
            await {|ZC1030:u.ConnectAsync({{arguments}})|}.ConfigureAwait(false);
            u.NoDelay = true;
            await Relay.RunAsync(a, u, cancellationToken: token);
            """,
            $$"""
            using Socket u = await Dialer.ConnectAsync({{arguments}}).ConfigureAwait(false);
            u.NoDelay = true;
            await Relay.RunAsync(a, u, cancellationToken: token);
            """);

    [Theory]
    [InlineData("using Socket u = new(SocketType.Stream, ProtocolType.Tcp); u.NoDelay = true; await "
        + "{|ZC1030:u.ConnectAsync(path, 80)|}; await Relay.RunAsync(a, u);")]
    [InlineData("using Socket u = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }; await "
        + "{|ZC1030:u.ConnectAsync(path, 80)|}; await Relay.RunAsync(a, u);")]
    [InlineData("using Socket u = new(SocketType.Stream, ProtocolType.Tcp); await "
        + "{|ZC1030:u.ConnectAsync(IPAddress.Loopback, 80)|}; await Relay.RunAsync(a, u);")]
    [InlineData("using TcpClient u = new(); await {|ZC1030:u.ConnectAsync(path, 80)|}; await "
        + "Relay.RunAsync(a, u);")]
    public Task Not_where_it_is_more_than_that(string statements)
        => Verify.AsyncFix<DialerFix>(statements, statements);
}

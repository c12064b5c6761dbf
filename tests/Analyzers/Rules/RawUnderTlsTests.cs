namespace Zerocopy.Analyzers.Tests;

/// <summary>ZC1010.</summary>
public sealed class RawUnderTlsTests
{
    [Theory]
    [InlineData("using var tls = new SslStream(network); Transfer.Copy({|ZC1010:network|}, file);")]
    [InlineData("var tls = new SslStream(new NetworkStream(a)); _ = Relay.RunAsync({|ZC1010:a|}, b);")]
    [InlineData("var tls = new SslStream(client.GetStream()); Transfer.Copy(file, {|ZC1010:client|});")]
    [InlineData("var tls = new NegotiateStream(network); if (yes) { Transfer.Copy(file, {|ZC1010:network|}); }")]
    [InlineData("var net = client.GetStream(); var tls = new SslStream(net, false); "
        + "Transfer.Copy({|ZC1010:client.Client|}, file);")]
    public Task Found(string source) => Verify.Body(source);

    [Theory]
    [InlineData("var tls = new SslStream(network); Transfer.Copy(a, file);")]
    [InlineData("Transfer.Copy(network, file); var tls = new SslStream(network);")]
    [InlineData("if (yes) { var tls = new SslStream(network); tls.ReadByte(); return; } Transfer.Copy(network, file);")]
    [InlineData("var tls = yes ? new SslStream(network) : null; Transfer.Copy(network, file);")]
    [InlineData("using (var tls = new SslStream(network, leaveInnerStreamOpen: true)) tls.ReadByte(); "
        + "Transfer.Copy(network, file);")]
    [InlineData("var tls = new SslStream(network); Transfer.Copy(tls, file, new TransferOptions { Mode = "
        + "TransferMode.CopyOnly });")]
    public Task Not_found(string source) => Verify.Body(source);
}

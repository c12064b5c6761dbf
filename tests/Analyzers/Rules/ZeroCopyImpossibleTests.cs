namespace Zerocopy.Analyzers.Tests;

/// <summary>ZC1022.</summary>
public sealed class ZeroCopyImpossibleTests
{
    [Theory]
    [InlineData("Transfer.Copy({|ZC1022:new MemoryStream()|}, a, new TransferOptions { Mode = "
        + "TransferMode.RequireZeroCopy });")]
    [InlineData("var o = new TransferOptions { Mode = TransferMode.RequireZeroCopy }; Transfer.Copy(a, "
        + "{|ZC1022:new SslStream(network)|}, o);")]
    [InlineData("Transfer.Copy({|ZC1022:new Mine()|}, a, new() { Mode = TransferMode.RequireZeroCopy }, default);")]
    [InlineData("_ = Relay.RunAsync({|ZC1022:new SslStream(network)|}, a, new RelayOptions { LeftToRight = "
        + "new() { Mode = TransferMode.RequireZeroCopy } });")]
    public Task Found(string source) => Verify.File(Wrap.Body(source) + Wrap.OwnStream);

    [Theory]
    [InlineData("Transfer.Copy(a, file, new TransferOptions { Mode = TransferMode.RequireZeroCopy });")]
    [InlineData("Transfer.Copy(stream, network, new TransferOptions { Mode = TransferMode.RequireZeroCopy });")]
    [InlineData("Transfer.Copy(new Mine(), a, new TransferOptions { Mode = TransferMode.CopyOnly });")]
    [InlineData("Transfer.Copy({|ZC1001:new Mine()|}, a);")]
    [InlineData("Transfer.Copy(yes ? new Mine() : stream, a, new TransferOptions { Mode = "
        + "TransferMode.RequireZeroCopy });")]
    [InlineData("Transfer.Copy(pipe.AsReadStream(), a, new TransferOptions { Mode = TransferMode.RequireZeroCopy });")]
    public Task Not_found(string source) => Verify.File(Wrap.Body(source) + Wrap.OwnStream);
}

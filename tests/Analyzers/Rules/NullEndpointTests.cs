namespace Zerocopy.Analyzers.Tests;

/// <summary>ZC1024.</summary>
public sealed class NullEndpointTests
{
    [Theory]
    [InlineData("Transfer.Copy({|ZC1024:default|}, a);")]
    [InlineData("Transfer.Copy(a, {|ZC1024:default(TransferEndpoint)|});")]
    [InlineData("Transfer.Copy(a, {|ZC1024:(Stream?)null|});")]
    [InlineData("Socket? s = null; Transfer.Copy({|ZC1024:s|}, a);")]
    [InlineData("pipe.ReadFrom({|ZC1024:TransferEndpoint.FromSocket(null)|});")]
    [InlineData("_ = Relay.RunAsync(a, {|ZC1024:new TransferEndpoint()|});")]
    public Task Found(string source) => Verify.Body(source);

    [Theory]
    [InlineData("Transfer.Copy(a, b); Transfer.Copy(a, b, null, default(CancellationToken));")]
    [InlineData("Socket? s = null; if (yes) s = a; Transfer.Copy(s, b);")]
    [InlineData("Socket? s = yes ? null : a; Transfer.Copy(s, b);")]
    [InlineData("TransferEndpoint end = default; end = a; Transfer.Copy(end, b);")]
    public Task Not_found(string source) => Verify.Body(source);
}

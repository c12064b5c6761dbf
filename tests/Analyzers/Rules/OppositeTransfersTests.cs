using Zerocopy.Analyzers.CodeFixes;

namespace Zerocopy.Analyzers.Tests;

/// <summary>ZC1017.</summary>
public sealed class OppositeTransfersTests
{
    [Theory]
    [InlineData("await Task.WhenAll(Transfer.CopyAsync(a, b).AsTask(), {|ZC1017:Transfer.CopyAsync(b, a)|}.AsTask());")]
    [InlineData("var t = Transfer.CopyAsync(a, b, null, token).AsTask(); var u = {|ZC1017:Transfer.CopyAsync(b, a, "
        + "null, token)|}.AsTask(); await Task.WhenAll(t, u);")]
    [InlineData("var n = client.GetStream(); var t = Transfer.CopyAsync(client, b); var u = "
        + "{|ZC1017:Transfer.CopyAsync(b, n)|}; await t; await u;")]
    public Task Found(string source) => Verify.AsyncBody(source);

    [Theory]
    [InlineData("await Transfer.CopyAsync(a, b, null, token); await Transfer.CopyAsync(b, a, null, token);")]
    [InlineData("await Task.WhenAll(Transfer.CopyAsync(a, b).AsTask(), Transfer.CopyAsync(a, network).AsTask());")]
    [InlineData("await Task.WhenAll(Transfer.CopyAsync(a, pipe).AsTask(), Transfer.CopyAsync(pipe, b).AsTask());")]
    [InlineData("_ = Transfer.CopyAsync(a, a);")]
    [InlineData("async Task There() { await Transfer.CopyAsync(a, b); } async Task Back() { await "
        + "Transfer.CopyAsync(b, a); } await There(); await Back();")]
    [InlineData("await Relay.RunAsync(a, b, cancellationToken: token);")]
    public Task Not_found(string source) => Verify.AsyncBody(source);

    [Fact]
    public Task It_becomes_a_relay()
        => Verify.AsyncFix<RelayFix>(
            """
            await Task.WhenAll(
                Transfer.CopyAsync(a, b, cancellationToken: token).AsTask(),
                {|ZC1017:Transfer.CopyAsync(b, a, cancellationToken: token)|}.AsTask());
            """,
            "await Relay.RunAsync(a, b, cancellationToken: token);");

    [Fact]
    public Task By_variables_and_with_options_null()
        => Verify.AsyncFix<RelayFix>(
            """
            var t = Transfer.CopyAsync(a, b, null, token).AsTask();
            var u = {|ZC1017:b.TransferToAsync(a, cancellationToken: token)|}.AsTask();
            await Task.WhenAll(t, u).ConfigureAwait(false);
            """,
            "await Relay.RunAsync(a, b, cancellationToken: token).ConfigureAwait(false);");

    [Fact]
    public Task Not_with_another_token()
        => Verify.AsyncFix<RelayFix>(
            "await Task.WhenAll(Transfer.CopyAsync(a, b, null, token).AsTask(), "
                + "{|ZC1017:Transfer.CopyAsync(b, a)|}.AsTask());",
            "await Task.WhenAll(Transfer.CopyAsync(a, b, null, token).AsTask(), "
                + "{|ZC1017:Transfer.CopyAsync(b, a)|}.AsTask());");

    [Fact]
    public Task Not_with_options()
        => Verify.AsyncFix<RelayFix>(
            """
            var o = new TransferOptions();
            await Task.WhenAll(Transfer.CopyAsync(a, b, o).AsTask(), {|ZC1017:Transfer.CopyAsync(b, a)|}.AsTask());
            """,
            """
            var o = new TransferOptions();
            await Task.WhenAll(Transfer.CopyAsync(a, b, o).AsTask(), {|ZC1017:Transfer.CopyAsync(b, a)|}.AsTask());
            """);
}

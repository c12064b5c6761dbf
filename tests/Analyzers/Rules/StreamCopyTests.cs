using Zerocopy.Analyzers.CodeFixes;

namespace Zerocopy.Analyzers.Tests;

/// <summary>ZC1029. Its forms are in Forms/ways.txt.</summary>
public sealed class StreamCopyTests
{
    [Theory]
    [InlineData("await {|ZC1029:file.CopyToAsync(network)|};", "await Transfer.CopyAsync(file, network);")]
    [InlineData("await {|ZC1029:network.CopyToAsync(file, 81920, token)|}.ConfigureAwait(false);",
        "await Transfer.CopyAsync(network, file, cancellationToken: token).ConfigureAwait(false);")]
    [InlineData("await {|ZC1029:client.GetStream().CopyToAsync(File.Create(path), token)|};",
        "await Transfer.CopyAsync(client.GetStream(), File.Create(path), cancellationToken: token);")]
    [InlineData("var n = client.GetStream();\n"
        + "await Task.WhenAny(n.CopyToAsync(network, token), {|ZC1029:network.CopyToAsync(n, token)|});",
        "var n = client.GetStream();\nawait Relay.RunAsync(n, network, cancellationToken: token);")]
    [InlineData("var n = client.GetStream();\nvar t = n.CopyToAsync(network);\n"
        + "var u = {|ZC1029:network.CopyToAsync(n)|};\nawait Task.WhenAll(t, u);",
        "var n = client.GetStream();\nawait Relay.RunAsync(n, network);")]
    public Task It_becomes_a_transfer_or_a_relay(string statements, string become)
        => Verify.AsyncFix<StreamCopyFix>(statements, become);

    [Theory]
    [InlineData("Task t = {|ZC1029:file.CopyToAsync(network)|};")]
    [InlineData("_ = {|ZC1029:file.CopyToAsync(network)|};")]
    public Task Not_where_the_task_goes_somewhere(string statements) => Verify.NoFix<StreamCopyFix>(statements);

    [Fact]
    public Task By_its_full_name_where_nobody_uses_ours()
        => Verify.FixFile<StreamCopyFix>(
            "namespace N { class Transfer; class C { async Task M(FileStream f, NetworkStream n) { await "
                + "{|ZC1029:f.CopyToAsync(n)|}; } } }",
            "namespace N { class Transfer; class C { async Task M(FileStream f, NetworkStream n) { await "
                + "Zerocopy.Transfer.CopyAsync(f, n); } } }");
}

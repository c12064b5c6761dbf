using Microsoft.CodeAnalysis.CSharp;
using Zerocopy.Analyzers.CodeFixes;

namespace Zerocopy.Analyzers.Tests;

/// <summary>The fix of ZC1001.</summary>
public sealed class NeverSplicedFixTests
{
    private const string CopyOnly = "new TransferOptions { Mode = TransferMode.CopyOnly }";

    private const string CopyOnlyRelay =
        "new RelayOptions { LeftToRight = new FlowOptions { Mode = TransferMode.CopyOnly }, "
        + "RightToLeft = new FlowOptions { Mode = TransferMode.CopyOnly } }";

    [Theory]
    [InlineData("await Transfer.CopyAsync({|ZC1001:new MemoryStream()|}, a, null, token);",
        "await Transfer.CopyAsync(new MemoryStream(), a, " + CopyOnly + ", token);")]
    [InlineData("await Transfer.CopyAsync({|ZC1001:new MemoryStream()|}, a, cancellationToken: token);",
        "await Transfer.CopyAsync(new MemoryStream(), a, cancellationToken: token, options: new TransferOptions { Mode "
            + "= TransferMode.CopyOnly });")]
    [InlineData("await {|ZC1001:new MemoryStream()|}.TransferToAsync(Stream.Null);",
        "await new MemoryStream().TransferToAsync(Stream.Null, new TransferOptions { Mode = TransferMode.CopyOnly });")]
    public Task Where_options_are_null_or_only_the_token_is_given(string statement, string become)
        => Verify.AsyncFix<CopyOnlyFix>(statement, become);

    [Theory]
    [InlineData("Transfer.Copy({|ZC1001:new MemoryStream()|}, a);", "Transfer.Copy(new MemoryStream(), a, OPTIONS);")]
    [InlineData(
        "Transfer.Copy({|ZC1001:new MemoryStream()|}, a, default, CancellationToken.None);",
        "Transfer.Copy(new MemoryStream(), a, OPTIONS, CancellationToken.None);")]
    [InlineData(
        "Transfer.Copy(destination: a, source: {|ZC1001:new MemoryStream()|});",
        "Transfer.Copy(destination: a, source: new MemoryStream(), options: OPTIONS);")]
    [InlineData(
        "Transfer.Copy({|ZC1001:new MemoryStream()|}, {|ZC1001:new MemoryStream()|});",
        "Transfer.Copy(new MemoryStream(), new MemoryStream(), OPTIONS);")]
    [InlineData(
        "Transfer.Copy( // in\n    {|ZC1001:new MemoryStream()|},\n    a); // out",
        "Transfer.Copy( // in\n    new MemoryStream(),\n    a, OPTIONS); // out")]
    public Task Options_are_added(string source, string become)
        => Verify.Fix<CopyOnlyFix>(source, become.Replace("OPTIONS", CopyOnly, StringComparison.Ordinal));

    [Theory]
    [InlineData("new TransferOptions { KeepUndelivered = true }", "new TransferOptions { KeepUndelivered = "
        + "true, Mode = TransferMode.CopyOnly }")]
    [InlineData("new TransferOptions { Mode = TransferMode.Auto }", CopyOnly)]
    [InlineData("new TransferOptions()", "new TransferOptions() { Mode = TransferMode.CopyOnly }")]
    [InlineData("shared", "shared with { Mode = TransferMode.CopyOnly }")]
    [InlineData("shared with { KeepUndelivered = true }", "shared with { KeepUndelivered = true, Mode = "
        + "TransferMode.CopyOnly }")]
    public Task Options_are_changed(string options, string become)
        => Verify.Fix<CopyOnlyFix>(
            $"var shared = new TransferOptions();\nTransfer.Copy({{|ZC1001:new MemoryStream()|}}, a, {options});",
            $"var shared = new TransferOptions();\nTransfer.Copy(new MemoryStream(), a, {become});");

    [Fact]
    public Task A_relay_copies_both_ways()
        => Verify.Fix<CopyOnlyFix>(
            "_ = Relay.RunAsync({|ZC1001:new SslStream(network)|}, a);\n"
                + "_ = Relay.Start(a, {|ZC1001:new SslStream(network)|}, new RelayOptions { HalfClose = false });",
            $"_ = Relay.RunAsync(new SslStream(network), a, {CopyOnlyRelay});\n"
                + "_ = Relay.Start(a, new SslStream(network), new RelayOptions { HalfClose = false, LeftToRight = new "
                + "FlowOptions { Mode = TransferMode.CopyOnly }, RightToLeft = new FlowOptions { Mode = "
                + "TransferMode.CopyOnly } });");

    [Fact]
    public Task A_mirror_is_copied_by_the_options_it_is_in()
        => Verify.Fix<CopyOnlyFix>(
            "_ = new TransferOptions { Mirror = {|ZC1001:new MemoryStream()|} };",
            "_ = new TransferOptions { Mirror = new MemoryStream(), Mode = TransferMode.CopyOnly };");

    [Fact]
    public Task Names_are_qualified_where_they_have_to_be()
        => Verify.FixFile<CopyOnlyFix>(
            "namespace N { class TransferOptions; class C { void M(Socket a) => Transfer.Copy({|ZC1001:new "
                + "MemoryStream()|}, a); } }",
            "namespace N { class TransferOptions; class C { void M(Socket a) => Transfer.Copy(new MemoryStream(), a, "
                + "new Zerocopy.TransferOptions { Mode = TransferMode.CopyOnly }); } }");

    [Theory]
    [InlineData("pipe.ReadFrom({|ZC1001:new MemoryStream()|});")]
    [InlineData("pipe.Tee({|ZC1001:new MemoryStream()|});")]
    [InlineData("_ = Relay.RunAsync({|ZC1001:new SslStream(network)|}, a, new RelayOptions { LeftToRight = new() });")]
    public Task Nothing_is_offered_where_there_is_no_place_for_it(string source) => Verify.NoFix<CopyOnlyFix>(source);

    [Fact]
    public Task Nothing_is_offered_that_the_language_does_not_know()
        => Verify.FixFile<CopyOnlyFix>(
            "class C { void M(Socket a) { var o = new TransferOptions(); Transfer.Copy({|ZC1001:new "
                + "MemoryStream()|}, a, o); } }",
            "class C { void M(Socket a) { var o = new TransferOptions(); Transfer.Copy({|ZC1001:new "
                + "MemoryStream()|}, a, o); } }",
            LanguageVersion.CSharp8);
}

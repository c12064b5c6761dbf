using Zerocopy.Analyzers.CodeFixes;

namespace Zerocopy.Analyzers.Tests;

/// <summary>ZC1027. Its forms are in Forms/ways.txt.</summary>
public sealed class TruncatedRelayTests
{
    [Theory]
    [InlineData("await Task.WhenAny(Transfer.CopyAsync(a, b).AsTask(), {|ZC1027:Transfer.CopyAsync(b, a)|}.AsTask());",
        "await Relay.RunAsync(a, b);")]
    [InlineData("await await Task.WhenAny(a.TransferToAsync(b, null, token).AsTask(), "
        + "{|ZC1027:b.TransferToAsync(a, cancellationToken: token)|}.AsTask());",
        "await Relay.RunAsync(a, b, cancellationToken: token);")]
    [InlineData("await Task.WhenAny([Transfer.CopyAsync(network, b).AsTask(), "
        + "{|ZC1027:Transfer.CopyAsync(b, network)|}.AsTask()]).ConfigureAwait(false);",
        "await Relay.RunAsync(network, b).ConfigureAwait(false);")]
    [InlineData("await Task.WhenAny(new[] { Transfer.CopyAsync(a, b).AsTask(), "
        + "{|ZC1027:Transfer.CopyAsync(b, a)|}.AsTask() });",
        "await Relay.RunAsync(a, b);")]
    [InlineData("var t = Transfer.CopyAsync(a, b).AsTask();\nTask u = {|ZC1027:Transfer.CopyAsync(b, a)|}.AsTask();\n"
        + "Task[] both = [t, u];\nawait Task.WhenAny(both);",
        "await Relay.RunAsync(a, b);")]
    [InlineData("var t = Transfer.CopyAsync(a, b);\nvar u = {|ZC1027:Transfer.CopyAsync(b, a)|};\n"
        + "await Task.WhenAny(t.AsTask(), u.AsTask());",
        "await Relay.RunAsync(a, b);")]
    public Task It_becomes_a_relay(string statements, string become)
        => Verify.AsyncFix<WholeRelayFix>(statements, become);

    [Theory]
    [InlineData("var first = await Task.WhenAny(Transfer.CopyAsync(a, b).AsTask(), "
        + "{|ZC1027:Transfer.CopyAsync(b, a)|}.AsTask());")]
    [InlineData("await Task.WhenAny(Transfer.CopyAsync(a, b).AsTask(), "
        + "{|ZC1027:Transfer.CopyAsync(b, a)|}.AsTask(), Task.Delay(1000));")]
    [InlineData("await Task.WhenAny(Transfer.CopyAsync(a, b, new() { KeepUndelivered = true }).AsTask(), "
        + "{|ZC1027:Transfer.CopyAsync(b, a)|}.AsTask());")]
    [InlineData("var t = Transfer.CopyAsync(a, b).AsTask(); var u = {|ZC1027:Transfer.CopyAsync(b, a)|}.AsTask(); "
        + "await Task.WhenAny(t, u); Console.WriteLine(t.Status);")]
    public Task Not_where_it_is_more_than_that(string statements)
        => Verify.AsyncFix<WholeRelayFix>(statements, statements);
}

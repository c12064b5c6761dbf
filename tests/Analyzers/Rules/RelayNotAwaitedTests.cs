using Zerocopy.Analyzers.CodeFixes;

namespace Zerocopy.Analyzers.Tests;

/// <summary>ZC1018.</summary>
public sealed class RelayNotAwaitedTests
{
    [Theory]
    [InlineData("await Inner(); async Task Inner() { await using Relay r = {|ZC1018:Relay.Start(a, b)|}; "
        + "Console.WriteLine(r.Progress); }")]
    [InlineData("await using (Relay r = {|ZC1018:Relay.Start(a, b)|}) { Console.WriteLine(r.Progress); }")]
    [InlineData("await Inner(); async Task<RelayResult> Inner() { await using var r = {|ZC1018:Relay.Start(a, "
        + "b, new RelayOptions())|}; return r.Progress; }")]
    public Task Found(string source) => Verify.AsyncBody(source);

    [Theory]
    [InlineData("await using Relay r = Relay.Start(a, b); await r.Completion;")]
    [InlineData("await using Relay r = Relay.Start(a, b); await Task.WhenAny(r.Completion, Task.Delay(9, token));")]
    [InlineData("await using Relay r = Relay.Start(a, b); await Task.Delay(1000, token);")]
    [InlineData("await using Relay r = Relay.Start(a, b); Console.ReadLine();")]
    [InlineData("await using Relay r = Relay.Start(a, b); while (!token.IsCancellationRequested) { Thread.Sleep(1); }")]
    [InlineData("var r = Relay.Start(a, b); var all = new List<Relay> { r };")]
    [InlineData("await using Relay r = Relay.Start(a, b); Watch(r); void Watch(Relay x) => x.Completion.Wait();")]
    public Task Not_found(string source) => Verify.AsyncBody(source);

    [Fact]
    public Task It_is_awaited_at_the_end()
        => Verify.AsyncFix<AwaitRelayFix>(
            """
            await using (Relay r = {|ZC1018:Relay.Start(a, b)|})
            {
                Console.WriteLine(r.Progress);
            }
            """,
            """
            await using (Relay r = Relay.Start(a, b))
            {
                Console.WriteLine(r.Progress);
                await r.Completion;
            }
            """);

    [Fact]
    public Task Before_what_returns()
        => Verify.AsyncFix<AwaitRelayFix>(
            """
            await Inner();
            async Task<RelayResult> Inner()
            {
                await using var r = {|ZC1018:Relay.Start(a, b)|};
                return r.Progress;
            }
            """,
            """
            await Inner();
            async Task<RelayResult> Inner()
            {
                await using var r = Relay.Start(a, b);
                await r.Completion;
                return r.Progress;
            }
            """);
}

using Zerocopy.Analyzers.CodeFixes;

namespace Zerocopy.Analyzers.Tests;

/// <summary>ZC1013.</summary>
public sealed class DisposedTooEarlyTests
{
    [Theory]
    [InlineData("class C { ValueTask<TransferResult> M(Socket a, string p) { using var f = File.OpenRead(p); "
        + "return {|ZC1013:Transfer.CopyAsync(f, a)|}; } }")]
    [InlineData("class C { Task<TransferResult> M(Socket a, string p) { using (var f = File.OpenRead(p)) { "
        + "return {|ZC1013:Transfer.CopyAsync(f, a)|}.AsTask(); } } }")]
    [InlineData("class C { Task M(Socket a) { using Pipe p = Pipe.Create(); return "
        + "{|ZC1013:p.ReadFromAsync(a)|}.AsTask(); } }")]
    [InlineData("class C { Task M(Socket a, Socket b) { using NetworkStream n = new(a); return "
        + "{|ZC1013:Relay.RunAsync(n, b)|}.AsTask(); } }")]
    [InlineData("class C { void M(Socket a, string p) { Task Go() { using var f = File.OpenRead(p); return "
        + "{|ZC1013:Transfer.CopyAsync(f, a)|}.AsTask(); } _ = Go(); } }")]
    public Task Found(string source) => Verify.File(source);

    [Theory]
    [InlineData("class C { async Task<TransferResult> M(Socket a, string p) { using var f = File.OpenRead(p); "
        + "return await Transfer.CopyAsync(f, a); } }")]
    [InlineData("class C { TransferResult M(Socket a, string p) { using var f = File.OpenRead(p); return "
        + "Transfer.Copy(f, a); } }")]
    [InlineData("class C { ValueTask<TransferResult> M(Socket a, FileStream f) => Transfer.CopyAsync(f, a); }")]
    [InlineData("class C { ValueTask<TransferResult> M(Socket a, string p) { var f = File.OpenRead(p); return "
        + "Transfer.CopyAsync(f, a); } }")]
    [InlineData("class C { ValueTask<TransferResult> M(Socket a, string p, FileStream g) { using var f = "
        + "File.OpenRead(p); return Transfer.CopyAsync(g, a); } }")]
    [InlineData("class C { Task M(Socket a, FileStream g) { using var f = g; Func<ValueTask<TransferResult>> "
        + "later = () => Transfer.CopyAsync(f, a); return later().AsTask(); } }")]
    public Task Not_found(string source) => Verify.File(source);

    [Fact]
    public Task The_method_becomes_async()
        => Verify.FixFile<AwaitTransferFix>(
            """
            class C
            {
                ValueTask<TransferResult> M(Socket a, string p)
                {
                    using var f = File.OpenRead(p);
                    return {|ZC1013:Transfer.CopyAsync(f, a)|};
                }
            }
            """,
            """
            class C
            {
                async ValueTask<TransferResult> M(Socket a, string p)
                {
                    using var f = File.OpenRead(p);
                    return await Transfer.CopyAsync(f, a);
                }
            }
            """);

    [Fact]
    public Task A_task_without_a_value_returns_none()
        => Verify.FixFile<AwaitTransferFix>(
            """
            class C
            {
                internal static Task M(Socket a)
                {
                    using Pipe p = Pipe.Create();
                    return {|ZC1013:p.ReadFromAsync(a)|}.AsTask();
                }
            }
            """,
            """
            class C
            {
                internal static async Task M(Socket a)
                {
                    using Pipe p = Pipe.Create();
                    await p.ReadFromAsync(a);
                }
            }
            """);

    [Theory]
    [InlineData("_ = {|ZC1013:Transfer.CopyAsync(f, a)|}.AsTask();", "_ = await Transfer.CopyAsync(f, a).AsTask();")]
    [InlineData("_ = {|ZC1013:Relay.Start(f, a)|};", "_ = await Relay.Start(f, a).Completion;")]
    [InlineData("_ = {|ZC1013:Relay.Start(f, a)|}.Completion;", "_ = await Relay.Start(f, a).Completion;")]
    [InlineData("var t = {|ZC1013:f.TransferToAsync(a)|};", "var t = await f.TransferToAsync(a);")]
    [InlineData("_ = Task.Run(() => {|ZC1013:Relay.RunAsync(f, a)|}.AsTask());",
        "_ = await Task.Run(() => Relay.RunAsync(f, a).AsTask());")]
    public Task What_nobody_waits_for_is_awaited(string statement, string become)
        => Verify.AsyncFix<AwaitTransferFix>(
            $"using var f = File.Open(path, FileMode.Open);\n{statement}",
            $"using var f = File.Open(path, FileMode.Open);\n{become}");

    [Theory]
    [InlineData("using var f = File.OpenRead(path); {|ZC1013:Transfer.CopyAsync(f, a)|};")]
    [InlineData("using var f = File.OpenRead(path); Func<Task> go = () => { using var g = File.OpenRead(path); return "
        + "{|ZC1013:Transfer.CopyAsync(g, a)|}.AsTask(); };")]
    public Task Not_in_a_method_that_cannot_await(string statements) => Verify.NoFix<AwaitTransferFix>(statements);

    [Fact]
    public Task Not_where_there_is_another_return()
        => Verify.FixFile<AwaitTransferFix>(
            "class C { Task M(Socket a, bool yes) { if (yes) return Task.CompletedTask; using Pipe p = "
                + "Pipe.Create(); return {|ZC1013:p.ReadFromAsync(a)|}.AsTask(); } }",
            "class C { Task M(Socket a, bool yes) { if (yes) return Task.CompletedTask; using Pipe p = "
                + "Pipe.Create(); return {|ZC1013:p.ReadFromAsync(a)|}.AsTask(); } }");
}

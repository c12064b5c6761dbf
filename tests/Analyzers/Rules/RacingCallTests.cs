using Zerocopy.Analyzers.CodeFixes;

namespace Zerocopy.Analyzers.Tests;

/// <summary>ZC1012.</summary>
public sealed class RacingCallTests
{
    [Theory]
    [InlineData("var t = network.ReadAsync(buffer); Transfer.Copy({|ZC1012:network|}, file);")]
    [InlineData("_ = a.ReceiveAsync(buffer); Transfer.Copy({|ZC1012:a|}, file);")]
    [InlineData("var t = network.ReadAsync(buffer).AsTask(); Transfer.Copy({|ZC1012:network|}, file); t.Wait();")]
    [InlineData("_ = client.GetStream().WriteAsync(buffer, 0, 1); Transfer.Copy(file, {|ZC1012:client|});")]
    [InlineData("_ = a.SendAsync(buffer); _ = Relay.RunAsync({|ZC1012:a|}, b);")]
    public Task Found(string source) => Verify.Body(source);

    [Theory]
    [InlineData("var t = network.ReadAsync(buffer, 0, 1); await Transfer.CopyAsync({|ZC1012:network|}, file); "
        + "await t;")]
    public Task Found_async(string source) => Verify.AsyncBody(source);

    [Theory]
    [InlineData("var t = network.ReadAsync(buffer).AsTask(); t.Wait(); Transfer.Copy(network, file);")]
    [InlineData("network.ReadAsync(buffer).AsTask().Wait(); Transfer.Copy(network, file);")]
    [InlineData("var t = network.ReadAsync(buffer); Transfer.Copy(file, network);")]
    [InlineData("if (yes) { _ = network.ReadAsync(buffer); } Transfer.Copy(network, file);")]
    [InlineData("_ = stream.ReadAsync(buffer); Transfer.Copy(network, file);")]
    [InlineData("Func<Task> later = () => network.ReadAsync(buffer, 0, 1); Transfer.Copy(network, file);")]
    public Task Not_found(string source) => Verify.Body(source);

    [Theory]
    [InlineData("await network.ReadAsync(buffer, token); await Transfer.CopyAsync(network, file, null, token);")]
    [InlineData("var t = network.ReadAsync(buffer, 0, 1); var n = await t; await Transfer.CopyAsync(network, "
        + "file, cancellationToken: token);")]
    [InlineData("var t = network.ReadAsync(buffer, 0, 1); await Task.WhenAll(t); await "
        + "Transfer.CopyAsync(network, file, cancellationToken: token);")]
    public Task Not_found_async(string source) => Verify.AsyncBody(source);

    [Fact]
    public Task A_task_is_awaited_before()
        => Verify.AsyncFix<AwaitRacingCallFix>(
            """
            var t = network.ReadAsync(buffer, 0, 1);
            await Transfer.CopyAsync({|ZC1012:network|}, file);
            int n = await t;
            """,
            """
            var t = network.ReadAsync(buffer, 0, 1);
            await t;
            await Transfer.CopyAsync(network, file);
            int n = await t;
            """);

    [Fact]
    public Task One_that_nobody_keeps_is_awaited_at_once()
        => Verify.AsyncFix<AwaitRacingCallFix>(
            """
            _ = a.ReceiveAsync(buffer);
            await Transfer.CopyAsync({|ZC1012:a|}, file);
            """,
            """
            _ = await a.ReceiveAsync(buffer);
            await Transfer.CopyAsync(a, file);
            """);

    [Fact]
    public Task Not_in_a_method_that_is_not_async()
        => Verify.NoFix<AwaitRacingCallFix>("""
        _ = a.ReceiveAsync(buffer);
        Transfer.Copy({|ZC1012:a|}, file);
        """);
}

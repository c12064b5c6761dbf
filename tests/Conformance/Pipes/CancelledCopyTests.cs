// A copier between a pipe and a stream has bytes in hand while it waits. Cancelled, it hands them over.
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Plain;

namespace Zerocopy.Conformance.Pipes;

public sealed class CancelledCopyTests
{
    private const int Bytes = 10_000;

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.Calls), MemberType = typeof(PipeMatrix))]
    public async Task What_a_copier_had_in_hand_is_handed_over(Call call)
    {
        using Pipe pipe = Pipe.Create();
        int size = PipePeer.Fill(pipe);
        using MemoryStream source = new(Pattern.Default.Bytes(size, Bytes));
        using CancellationTokenSource cancellation = new();
        Task<TransferResult> copier = PipePeer.ReadFrom(call, pipe, source, token: cancellation.Token);
        await PipePeer.AssertWaits(copier, "the copier");
        cancellation.Cancel();
        TransferCanceledException thrown = await Assert.ThrowsAsync<TransferCanceledException>(
            () => copier.Within("the copier", PipePeer.PromptMs));
        Assert.Equal((source.Position, 0L), (thrown.Progress.BytesConsumed, thrown.Progress.BytesWritten));
        Assert.Equal(source.Position, thrown.Undelivered.Length);

        Task<long> reader = PipePeer.Read(pipe);
        await pipe.WriteAsync(thrown.Undelivered).Within("the bytes in hand");
        await PipePeer.ReadFrom(call, pipe, source).Within("the second copier");
        Assert.Equal(size + Bytes, await reader.Within("the reader"));
    }

    // A stream's own call is not interrupted where it is a blocking one.
    [Fact(Timeout = Deadline.Ms)]
    public async Task What_a_stream_did_not_take_is_handed_over()
    {
        using Pipe pipe = Pipe.Create();
        pipe.Write(Pattern.Default.Slice(0, Bytes).Span);
        using CancellationTokenSource cancellation = new();
        using ScriptedStream destination = new() { Before = token => Task.Delay(Timeout.Infinite, token) };
        Task<TransferResult> copier = pipe.WriteToAsync(destination, cancellation.Token).AsTask();
        await PipePeer.AssertWaits(copier, "the copier");
        cancellation.Cancel();
        TransferCanceledException thrown = await Assert.ThrowsAsync<TransferCanceledException>(
            () => copier.Within("the copier", PipePeer.PromptMs));
        Assert.Equal(0, thrown.Progress.BytesWritten);
        Assert.Empty(destination.Written);
        Assert.Equal(thrown.Progress.BytesConsumed, thrown.Undelivered.Length);
        Pattern.Default.AssertEqual(thrown.Undelivered.Span);
        pipe.CloseWrite();
        Assert.Equal(
            Bytes - thrown.Undelivered.Length,
            await PipePeer.Read(pipe, start: thrown.Undelivered.Length).Within("the rest"));
    }
}

// The kernel refuses to splice, at once or in mid-stream: copying goes on from the exact position.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Faults;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Transfers;

[KernelOnly(Why.Mechanism)]
[Cases("B-08", "B-09", "B-21")]
public sealed class FallbackTests
{
    private const int Total = 3_000_000;
    private const int Limit = 2_500_000;
    private const int EInval = 22;
    private const int EXDev = 18;
    private const int EOpNotSupp = 95;

    public static TheoryData<int, int, Call> Refusals { get; } = new MatrixTheoryData<int, int, Call>(
        [Libc.EPerm, EXDev, EInval, Libc.ENoSys, EOpNotSupp], [0, 5], Enum.GetValues<Call>());

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Refusals))]
    public async Task A_refused_fill_changes_the_mechanism_only(int error, int from, Call call)
    {
        using FaultyKernel kernel = new(error) { RefuseFillsFrom = from };
        TransferResult result = await Run(kernel, call);

        Assert.Equal(from > 0, result.BytesSpliced > 0);
    }

    // The pipe holds bytes by then: they are read back, in order, and none goes back in.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Refusals))]
    public async Task A_refused_drain_empties_the_pipe_in_order(int error, int from, Call call)
    {
        using FaultyKernel kernel = new(error) { RefuseDrainsFrom = from, DrainBytesMax = 10_000 };
        TransferResult result = await Run(kernel, call);

        Assert.InRange(result.BytesSpliced, 0, from * 10_000);
        Assert.Equal(from > 0, result.BytesSpliced > 0);
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    public async Task An_error_that_is_no_refusal_is_thrown_with_what_was_consumed(Call call)
    {
        const int NoMemory = 12;
        using Rig rig = new(Family.Tcp, Family.Unix);
        using FaultyKernel kernel = new(NoMemory) { RefuseDrainsFrom = 3, DrainBytesMax = 10_000 };
        Task<long> writer = Peer.Write(rig.Writer, Total);
        Task<Received> reader = Peer.Read(rig.Reader);

        TransferException thrown = await Assert.ThrowsAsync<TransferException>(
            () => rig.Start(call, new TransferOptions { KeepUndelivered = true }).Within("the transfer"));

        Assert.Equal((NoMemory, "splice", TransferSide.Destination), (thrown.Error, thrown.Operation, thrown.Side));
        await AssertNothingLost(rig, thrown, writer, reader);
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    public async Task Where_zero_copy_is_required_a_refusal_in_mid_stream_is_thrown(Call call)
    {
        using Rig rig = new(Family.Tcp, Family.Unix);
        using FaultyKernel kernel = new(EInval) { RefuseDrainsFrom = 3, DrainBytesMax = 10_000 };
        Task<long> writer = Peer.Write(rig.Writer, Total);
        Task<Received> reader = Peer.Read(rig.Reader);
        TransferOptions options = new() { Mode = TransferMode.RequireZeroCopy, KeepUndelivered = true };

        TransferException thrown =
            await Assert.ThrowsAsync<TransferException>(() => rig.Start(call, options).Within("the transfer"));

        Assert.Equal((EInval, "splice"), (thrown.Error, thrown.Operation));
        Assert.Equal((30_000, 0), (thrown.Progress.BytesSpliced, thrown.Progress.BytesBuffered));
        await AssertNothingLost(rig, thrown, writer, reader);
    }

    private static async Task<TransferResult> Run(FaultyKernel kernel, Call call)
    {
        using Rig rig = new(Family.Tcp, Family.Unix);
        Task<long> writer = Peer.Write(rig.Writer, Total);
        await Deadline.Until("something is queued", () => rig.Source.Available > 80_000, 5000);
        Task<Received> reader = Peer.Read(rig.Reader);

        TransferResult result = await rig.Start(call, new TransferOptions { LimitBytes = Limit })
            .Within("the transfer");

        Assert.True(kernel.HasRefused, "the fault was not met");
        Assert.Equal((Limit, Limit, 0), (result.BytesConsumed, result.BytesWritten, result.LimitRemaining));
        Assert.Equal(Limit, result.BytesSpliced + result.BytesBuffered);
        Assert.Equal((kernel.Error, TransferEnd.LimitReached), (result.FallbackError, result.EndedBy));
        Assert.Equal(TransferMechanism.SpliceThroughPipe, result.Mechanism);
        Assert.Contains($"copied: {result.FallbackErrorName})", result.ToString(), StringComparison.Ordinal);
        Assert.Equal(result.BytesSpliced > 0, result.ToString().Contains("spliced", StringComparison.Ordinal));
        rig.Destination.Shutdown(SocketShutdown.Send);
        Task<Received> rest = Peer.Read(rig.Source, start: Limit);
        Assert.Equal(new Received(Total - Limit, SocketError.Success), await rest.Within("the rest"));
        await Peer.AssertAll(Limit, Task.FromResult((long)Limit), reader);
        Assert.Equal(Total, await writer.Within("the writer"));
        return result;
    }

    private static async Task AssertNothingLost(
        Rig rig, TransferException thrown, Task<long> writer, Task<Received> reader)
    {
        TransferResult progress = thrown.Progress;
        Assert.Equal(progress.BytesConsumed - progress.BytesWritten, thrown.Undelivered.Length);
        Assert.True(thrown.Undelivered.Length > 0, "nothing was in transit");
        Pattern.Default.AssertEqual(thrown.Undelivered.Span, progress.BytesWritten);
        rig.Destination.Shutdown(SocketShutdown.Send);
        Assert.Equal(new Received(progress.BytesWritten, SocketError.Success), await reader.Within("the reader"));
        Task<Received> rest = Peer.Read(rig.Source, start: progress.BytesConsumed);
        Assert.Equal(new Received(Total - progress.BytesConsumed, SocketError.Success), await rest.Within("the rest"));
        Assert.Equal(Total, await writer.Within("the writer"));
    }
}

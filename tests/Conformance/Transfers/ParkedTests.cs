// Whatever a transfer waits for, it waits without using the processor.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Transfers;

/// <summary>All modes and calls of a case are parked at once: one that spins is enough to fail.</summary>
[Cases("X-18")]
public sealed class ParkedTests
{
    private const int Mib = 1 << 20;
    private static readonly int s_rows = Matrix.Modes.Length * Enum.GetValues<Call>().Length;

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.Pairs), MemberType = typeof(Matrix))]
    public Task Waiting_for_the_source(Family source, Family destination) => Park(async (mode, call, parked) =>
    {
        using Rig rig = new(source, destination);
        Task<TransferResult> transfer = rig.Start(call, new TransferOptions { Mode = mode });
        rig.Writer.Send("hello"u8);
        await Peer.ReadExactly(rig.Reader, 5).Within("the first bytes");

        await parked();

        rig.Writer.Shutdown(SocketShutdown.Send);
        ResultAssert.Moved(await transfer.Within("the transfer"), 5, mode);
    });

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.Pairs), MemberType = typeof(Matrix))]
    public Task Waiting_for_the_destination(Family source, Family destination) => Park(async (mode, call, parked) =>
    {
        const int Total = 4 * Mib;
        using Rig rig = new(source, destination, bufferBytes: 16 * 1024);
        Task<long> writer = Peer.Write(rig.Writer, Total);
        Task<TransferResult> transfer = rig.Start(call, new TransferOptions { Mode = mode });

        await parked();

        Task<Received> reader = Peer.Read(rig.Reader);
        ResultAssert.Moved(await transfer.Within("the transfer"), Total, mode);
        rig.Destination.Shutdown(SocketShutdown.Send);
        await Peer.AssertAll(Total, writer, reader);
    });

    // The source is at its end, hung up even, and what is in transit has to wait.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.Pairs), MemberType = typeof(Matrix))]
    public Task Waiting_for_the_destination_with_the_source_gone(Family source, Family destination)
        => Park(async (mode, call, parked) =>
    {
        using Rig rig = new(source, destination, bufferBytes: 16 * 1024);
        int queued = 0;
        rig.Writer.Blocking = false;
        for (SocketError error = SocketError.Success; error == SocketError.Success && queued < 150_000;)
        {
            queued += rig.Writer.Send(Pattern.Default.Slice(queued, 10_000).Span, SocketFlags.None, out error);
        }

        Assert.InRange(queued, 100_000, 150_000);
        Task<TransferResult> transfer = rig.Start(call, new TransferOptions { Mode = mode });
        rig.Writer.Dispose();

        await parked();

        Assert.False(transfer.IsCompleted, "it ended with bytes in transit");
        Task<Received> reader = Peer.Read(rig.Reader);
        ResultAssert.Moved(await transfer.Within("the transfer"), queued, mode);
        rig.Destination.Shutdown(SocketShutdown.Send);
        Assert.Equal(new Received(queued, SocketError.Success), await reader.Within("the reader"));
    });

    [Fact(Timeout = Deadline.Ms)]
    public Task Waiting_for_the_rate() => Park(async (mode, call, parked) =>
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        using CancellationTokenSource cancel = new();
        rig.Writer.Send(Pattern.Default.Slice(0, 50_000).Span);
        Task<TransferResult> transfer = rig.Start(
            call, new TransferOptions { Mode = mode, BytesPerSecond = 2 }, cancel.Token);

        await parked();

        cancel.Cancel();
        TransferCanceledException thrown =
            await Assert.ThrowsAsync<TransferCanceledException>(() => transfer.Within("the cancel", 500));
        Pattern.Default.AssertEqual(
            await Peer.ReadExactly(rig.Reader, (int)thrown.Progress.BytesWritten).Within("the reader"));
    });

    [Fact(Timeout = Deadline.Ms)]
    public Task Waiting_for_the_source_with_the_destination_half_closed() => Park(async (mode, call, parked) =>
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        rig.Reader.Shutdown(SocketShutdown.Send); // Readable for ever, and of no interest to us.
        Task<TransferResult> transfer = rig.Start(call, new TransferOptions { Mode = mode });

        await parked();

        rig.Writer.Send("hello"u8);
        rig.Writer.Shutdown(SocketShutdown.Send);
        ResultAssert.Moved(await transfer.Within("the transfer"), 5, mode);
        Assert.Equal("hello"u8.ToArray(), await Peer.ReadExactly(rig.Reader, 5).Within("the reader"));
    });

    [Fact(Timeout = Deadline.Ms)]
    public Task Waiting_for_the_source_with_news_for_the_progress() => Park(async (mode, call, parked) =>
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        TransferOptions options = new()
        {
            Mode = mode,
            Progress = new Progress<TransferProgress>(),
            IdleTimeout = TimeSpan.FromMinutes(1),
        };
        Task<TransferResult> transfer = rig.Start(call, options);
        rig.Writer.Send("a"u8);
        await Task.Delay(20);
        rig.Writer.Send("b"u8);

        await parked();

        rig.Writer.Shutdown(SocketShutdown.Send);
        ResultAssert.Moved(await transfer.Within("the transfer"), 2, mode);
        Assert.Equal("ab"u8.ToArray(), await Peer.ReadExactly(rig.Reader, 2).Within("the reader"));
    });

    private static async Task Park(Func<TransferMode, Call, Func<Task>, Task> test)
    {
        int arrived = 0;
        TaskCompletionSource everybody = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource measured = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task rows = AllAtOnce.Run((mode, call) => test(mode, call, () =>
        {
            if (Interlocked.Increment(ref arrived) == s_rows)
            {
                everybody.SetResult();
            }

            return measured.Task;
        }));

        if (await Task.WhenAny(everybody.Task, rows).Within("everybody is parked") == everybody.Task)
        {
            await Task.Delay(50);
            try
            {
                await CpuMeter.AssertParked("parked");
            }
            finally
            {
                measured.SetResult();
            }
        }

        await rows;
    }
}

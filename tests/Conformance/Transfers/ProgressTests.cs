// Progress: the latest counts, not too often, off the loops, and the last word is the result.
using System.Diagnostics;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Transfers;

public sealed class ProgressTests
{
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.ModesCalls), MemberType = typeof(Matrix))]
    public async Task The_last_report_equals_the_result_and_none_comes_from_a_loop(TransferMode mode, Call call)
    {
        const int Total = 600_000;
        using Rig rig = new(Family.Tcp, Family.Tcp);
        Recorder progress = new();
        Task<long> writer = Peer.Write(rig.Writer, Total, start: 5);
        Task<Received> reader = Peer.Read(rig.Reader);
        TransferOptions options = new()
        {
            Mode = mode,
            Progress = progress,
            BytesPerSecond = 1_000_000,
            Prefix = Pattern.Default.Bytes(0, 5),
        };
        long start = Stopwatch.GetTimestamp();

        TransferResult result = await rig.Start(call, options).Within("the transfer");

        double elapsedMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        ResultAssert.Moved(result, Total, mode, prefix: 5);
        List<(TransferProgress Value, string? Thread)> reports = progress.Take();
        Assert.Equal(new TransferProgress(Total, Total + 5), reports[^1].Value);
        Assert.All(reports, report => Assert.False(
            report.Thread?.StartsWith("Zerocopy ", StringComparison.Ordinal) ?? false, $"reported by {report.Thread}"));
        Assert.All(reports.Zip(reports.Skip(1)), pair => Assert.True(
            pair.First.Value.BytesConsumed <= pair.Second.Value.BytesConsumed
            && pair.First.Value.BytesWritten <= pair.Second.Value.BytesWritten, $"{pair} goes back"));

        // At most every 100 ms, and while bytes move not much more seldom.
        Assert.InRange(reports.Count, 4, 2 + (int)(elapsedMs / 100));
        Assert.False(progress.WasCalledTwiceAtOnce);
        rig.Destination.Shutdown(SocketShutdown.Send);
        Assert.Equal(Total, await writer.Within("the writer"));
        Assert.Equal(new Received(Total + 5, SocketError.Success), await reader.Within("the reader"));
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    public async Task Bytes_are_reported_while_the_transfer_waits_for_more(Call call)
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        Recorder progress = new();
        Task<TransferResult> transfer = rig.Start(call, new TransferOptions { Progress = progress });
        rig.Writer.Send("hello"u8);

        await Deadline.Until("a report", () => progress.Last == new TransferProgress(5, 5), 1000);
        rig.Writer.Send("wor"u8);
        rig.Writer.Send("ld"u8);
        await Deadline.Until("another report", () => progress.Last == new TransferProgress(10, 10), 1000);

        Assert.False(transfer.IsCompleted);
        rig.Writer.Shutdown(SocketShutdown.Send);
        Assert.Equal(10, (await transfer.Within("the transfer")).BytesWritten);
        Assert.Equal("helloworld"u8.ToArray(), await Peer.ReadExactly(rig.Reader, 10).Within("the reader"));
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    public async Task The_last_report_is_there_when_a_transfer_fails_too(Call call)
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        Recorder progress = new();
        rig.Writer.Send("hello"u8);
        SocketPair.Reset(rig.Writer);

        TransferException thrown = await Assert.ThrowsAsync<TransferException>(
            () => rig.Start(call, new TransferOptions { Progress = progress }).Within("the transfer"));

        Assert.Equal(5, thrown.Progress.BytesWritten);
        Assert.Equal(new TransferProgress(5, 5), progress.Last);
        Assert.Equal("hello"u8.ToArray(), await Peer.ReadExactly(rig.Reader, 5).Within("the reader"));
    }

    // A slow receiver of reports slows nothing down: it gets the latest when it is ready.
    [Fact(Timeout = Deadline.Ms)]
    public async Task A_slow_receiver_of_reports_does_not_slow_the_transfer()
    {
        const int Total = 40_000_000;
        using Rig rig = new(Family.Unix, Family.Unix);
        Recorder progress = new() { PauseMs = 400 };
        Task<long> writer = Peer.Write(rig.Writer, Total);
        Task<Received> reader = Peer.Read(rig.Reader);
        Task<TransferResult> transfer = rig.Start(Call.Async, new TransferOptions { Progress = progress });

        await Deadline.Until("all bytes are taken", () => writer.IsCompleted && rig.Source.Available == 0, 5000);
        ResultAssert.Moved(await transfer.Within("the transfer"), Total, TransferMode.Auto);

        Assert.False(progress.WasCalledTwiceAtOnce);
        Assert.Equal(new TransferProgress(Total, Total), progress.Last);
        rig.Destination.Shutdown(SocketShutdown.Send);
        await Peer.AssertAll(Total, writer, reader);
    }

    private sealed class Recorder : IProgress<TransferProgress>
    {
        private readonly List<(TransferProgress, string?)> _reports = [];
        private int _inside;

        public int PauseMs { get; init; }

        public bool WasCalledTwiceAtOnce { get; private set; }

        public TransferProgress? Last
        {
            get
            {
                lock (_reports)
                {
                    return _reports.Count == 0 ? null : _reports[^1].Item1;
                }
            }
        }

        public void Report(TransferProgress value)
        {
            WasCalledTwiceAtOnce |= Interlocked.Increment(ref _inside) != 1;
            lock (_reports)
            {
                _reports.Add((value, Thread.CurrentThread.Name));
            }

            if (PauseMs > 0)
            {
                Thread.Sleep(PauseMs);
            }

            _ = Interlocked.Decrement(ref _inside);
        }

        public List<(TransferProgress Value, string? Thread)> Take()
        {
            lock (_reports)
            {
                return [.. _reports];
            }
        }
    }
}

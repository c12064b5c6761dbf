// The options of a transfer hold for pipes too: timeout, rate, progress, ownership.
using System.Diagnostics;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Pipes;

public sealed class PipeOptionTests
{
    public static TheoryData<TransferMode, Call> ModesCalls { get; } = new(
        from mode in Matrix.Modes
        from call in Enum.GetValues<Call>()
        select new TheoryDataRow<TransferMode, Call>(mode, call));

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(ModesCalls))]
    public async Task An_idle_timeout_of_a_silent_pipe_and_of_a_full_one(TransferMode mode, Call call)
    {
        using Pipe source = Pipe.Create();
        using Pipe destination = Pipe.Create();
        TransferOptions options = new() { Mode = mode, IdleTimeout = TimeSpan.FromMilliseconds(120) };
        Stopwatch watch = Stopwatch.StartNew();
        TransferException silent = await Assert.ThrowsAsync<TransferException>(
            () => Rig.Start(call, source, destination, options).Within("a silent source", PipePeer.PromptMs));
        Assert.InRange(watch.ElapsedMilliseconds, 110, PipePeer.PromptMs);
        int size = PipePeer.Fill(destination);
        source.Write("stuck"u8);
        TransferException full = await Assert.ThrowsAsync<TransferException>(() => Rig.Start(
            call, source, destination, options with { KeepUndelivered = true })
            .Within("a full destination", PipePeer.PromptMs));
        foreach (TransferException thrown in (TransferException[])[silent, full])
        {
            Assert.Equal((Libc.ETimedOut, TransferEnd.IdleTimeout), (thrown.Error, thrown.Progress.EndedBy));
            Assert.Equal(0, thrown.Progress.BytesWritten);
        }

        // Nothing is lost by that.
        source.CloseWrite();
        options = new TransferOptions { Mode = mode, Prefix = full.Undelivered };
        Task<TransferResult> rest = Rig.Start(call, source, destination, options);
        byte[] all = await PipePeer.ReadExactly(destination, size + 5).Within("the reader");
        Assert.Equal("stuck"u8, all.AsSpan(size));
        await rest.Within("the rest");
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(ModesCalls))]
    public async Task A_rate(TransferMode mode, Call call)
    {
        const int Bytes = 30_000;
        using PipeRig rig = new(EndKind.Pipe, EndKind.Pipe);
        List<long> seen = [];
        TransferOptions options = new()
        {
            Mode = mode,
            BytesPerSecond = 100_000,
            Progress = new Collector(seen),
        };
        Task<long> writer = rig.Feed(Bytes);
        Stopwatch watch = Stopwatch.StartNew();
        TransferResult result = await Rig.Start(call, rig.Source, rig.Destination, options).Within("the transfer");
        Assert.InRange(watch.ElapsedMilliseconds, 190, 2000);
        Routes.AssertMoved(result, Bytes, Routes.Of(EndKind.Pipe, EndKind.Pipe, mode), mode);
        Assert.Equal(Bytes, await rig.EndAndCount().Within("what arrived"));
        Assert.Equal(Bytes, await writer.Within("the writer"));
        await Deadline.Until("the last progress", () =>
        {
            lock (seen)
            {
                return seen.Count > 1 && seen[^1] == Bytes;
            }
        });
        Assert.Equal(seen.Order(), seen);
    }

    // A relay that owns its endpoints disposes the pipe.
    [Fact(Timeout = Deadline.Ms)]
    public async Task A_relay_that_owns_a_pipe_closes_it()
    {
        using SocketPair pair = SocketPair.Tcp();
        using Pipe pipe = Pipe.Create();
        Task<RelayResult> relay = Relay.RunAsync(pair.Near, pipe, new RelayOptions { CloseEndpoints = true }).AsTask();
        pair.Far.Send("there and back"u8);
        Assert.Equal("there and back"u8.ToArray(), await Peer.ReadExactly(pair.Far, 14).Within("the echo"));
        pair.Far.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        Assert.Equal(RelayEnd.EndOfStream, (await relay.Within("the relay")).EndedBy);
        Assert.ThrowsAny<ObjectDisposedException>(() => pipe.Capacity);
        Assert.Empty(await Peer.ReadAll(pair.Far).Within("the end"));
    }

    // And one that is aborted leaves it, unless it owns it.
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_relay_that_is_aborted(bool owns)
    {
        using SocketPair pair = SocketPair.Tcp();
        using Pipe pipe = Pipe.Create();
        Relay relay = Relay.Start(pipe, pair.Near, new RelayOptions { CloseEndpoints = owns });
        await Task.Delay(PipePeer.ParkMs);
        await relay.DisposeAsync().AsTask().Within("the abort");
        Assert.Equal(RelayEnd.Aborted, (await relay.Completion).EndedBy);
        if (owns)
        {
            Assert.ThrowsAny<ObjectDisposedException>(() => pipe.Capacity);
        }
        else
        {
            pipe.Write("open"u8);
            Assert.Equal(4, pipe.Available);
        }
    }

    private sealed class Collector(List<long> seen) : IProgress<TransferProgress>
    {
        public void Report(TransferProgress value)
        {
            lock (seen)
            {
                seen.Add(value.BytesWritten);
            }
        }
    }
}

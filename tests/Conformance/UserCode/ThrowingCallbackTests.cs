// Callbacks of the program: progress, and what streams register with their token.
using System.Buffers;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

#pragma warning disable CA2201 // The runtime's own exceptions are what is tested.
namespace Zerocopy.Conformance.UserCode;

public sealed class ThrowingCallbackTests
{
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.ModesCalls), MemberType = typeof(Matrix))]
    [Cases("F-02")]
    public async Task Progress_that_throws_at_the_end_spoils_it_and_the_counts_travel(TransferMode mode, Call call)
    {
        const int Bytes = 300_000;
        OutOfMemoryException cause = new("scripted");
        using Rig rig = new(Family.Tcp, Family.Tcp);
        Task<Received> reader = Peer.Read(rig.Reader, max: Bytes);
        Task<long> writer = Peer.Write(rig.Writer, Bytes);
        TransferOptions options = new()
        {
            Mode = mode,
            Progress = new Reports(progress =>
            {
                if (progress.BytesWritten == Bytes)
                {
                    throw cause;
                }
            }),
        };

        TransferException failure = await Assert.ThrowsAsync<TransferException>(
            () => rig.Start(call, options).Within("the transfer"));

        Assert.Same(cause, failure.InnerException);
        Assert.Equal(
            (0, TransferSide.None, nameof(FlowOptions.Progress)), (failure.Error, failure.Side, failure.Operation));
        Assert.Equal((Bytes, TransferEnd.Failed), (failure.Progress.BytesWritten, failure.Progress.EndedBy));
        await Peer.AssertAll(Bytes, writer, reader);
        await Untouched.AssertReleased(rig);
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.ModesCalls), MemberType = typeof(Matrix))]
    [Cases("F-02")]
    public async Task Progress_that_throws_ends_a_transfer_that_waits(TransferMode mode, Call call)
    {
        int calls = 0;
        InvalidTimeZoneException cause = new();
        using Rig rig = new(Family.Tcp, Family.Unix);
        TransferOptions options = new()
        {
            Mode = mode,
            Progress = new Reports(_ =>
            {
                calls++;
                throw cause;
            }),
        };
        Task<TransferResult> transfer = rig.Start(call, options);
        rig.Writer.Send("hello"u8);

        TransferException failure = await Assert.ThrowsAsync<TransferException>(() => transfer.Within("the transfer"));

        Assert.Same(cause, failure.InnerException);
        Assert.Equal((5, TransferEnd.Failed), (failure.Progress.BytesWritten, failure.Progress.EndedBy));
        Assert.Equal(1, calls); // It is not asked again.
        await Untouched.AssertReleased(rig);
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(true)]
    [InlineData(false)]
    [Cases("F-02", "F-09")]
    public async Task In_a_relay_it_ends_both_directions(bool isForward)
    {
        InvalidTimeZoneException cause = new();
        using Rig rig = new(Family.Tcp, Family.Tcp);
        FlowOptions reports = new() { Progress = new Reports(_ => throw cause) };
        RelayOptions options = isForward ? new() { LeftToRight = reports } : new() { RightToLeft = reports };
        Task<RelayResult> relay = Relay.RunAsync(rig.Source, rig.Destination, options).AsTask();
        (isForward ? rig.Writer : rig.Reader).Send("hello"u8);

        RelayResult result = await relay.Within("the relay");

        Assert.Equal(RelayEnd.Failed, result.EndedBy);
        Assert.Same(cause, result.Exception);
        Assert.Equal(5, (isForward ? result.LeftToRight : result.RightToLeft).BytesWritten);
        await Untouched.AssertReleased(rig);
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(true)]
    [InlineData(false)]
    [Cases("F-05")]
    public async Task A_callback_of_a_stream_that_throws_at_the_cancel_is_the_inner_exception(bool isRelay)
    {
        InvalidTimeZoneException cause = new();
        using CancellationTokenSource cancel = new();
        using Rig rig = new(Family.Tcp, Family.Tcp);
        TaskCompletionSource<int> pending = new();
        HostileStream? stream = null;
        stream = new HostileStream
        {
            Reads = (_, _) =>
            {
                stream!.Token.UnsafeRegister(_ => pending.TrySetCanceled(), null);
                stream.Token.UnsafeRegister(_ => throw cause, null);
                return new ValueTask<int>(pending.Task);
            },
        };
        using HostileStream owned = stream;
        Task transfer = isRelay
            ? Relay.RunAsync(stream, rig.Destination, new RelayOptions(), cancel.Token).AsTask()
            : Rig.Start(Call.Async, stream, rig.Destination, null, cancel.Token);
        await Deadline.Until("the read", () => stream.ReadsCount == 1);
        await cancel.CancelAsync();

        TransferCanceledException canceled = await Assert.ThrowsAsync<TransferCanceledException>(
            () => transfer.Within("the cancel"));

        Assert.Same(cause, canceled.InnerException);
        await Untouched.AssertReleased(rig);
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    [Cases("F-12")]
    public async Task A_prefix_in_memory_of_the_programs_own_may_throw(Call call)
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        using HostileMemory memory = new(10);
        TransferOptions options = new() { Prefix = memory.Memory };
        memory.Throws = true;

        Exception thrown = await Assert.ThrowsAnyAsync<Exception>(
            () => Deadline.OnThread(() => call == Call.Sync
                ? Transfer.Copy(rig.Source, rig.Destination, options)
                : Transfer.CopyAsync(rig.Source, rig.Destination, options).AsTask().Result));

        Assert.Contains("scripted", thrown.ToString(), StringComparison.Ordinal);
        memory.Throws = false;
        rig.Writer.Shutdown(SocketShutdown.Send);
        Assert.Equal(10, (await rig.Start(call, options).Within("the next one")).BytesWritten);
        Assert.Equal(new byte[10], await Peer.ReadExactly(rig.Reader, 10));
        Assert.DoesNotContain(memory.Threads, name => name?.StartsWith("Zerocopy ", StringComparison.Ordinal) == true);
        await Untouched.AssertReleased(rig);
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(true)]
    [InlineData(false)]
    [Cases("F-12")]
    public async Task So_may_the_buffer_of_a_pipes_call_that_has_to_wait(bool isRead)
    {
        using Pipe pipe = Pipe.Create(4096);
        using HostileMemory memory = new(100_000);
        Task call = isRead ? pipe.ReadAsync(memory.Memory).AsTask() : pipe.WriteAsync(memory.Memory).AsTask();
        await Task.Delay(30);
        memory.Throws = true;
        byte[] other = new byte[65536];
        if (isRead)
        {
            pipe.Write(other.AsSpan(0, 5));
        }
        else
        {
            _ = pipe.Read(other);
        }

        IOException thrown = await Assert.ThrowsAnyAsync<IOException>(() => call.Within("the call"));

        Assert.IsType<InvalidTimeZoneException>(thrown.InnerException);
        Assert.DoesNotContain(memory.Threads, name => name?.StartsWith("Zerocopy ", StringComparison.Ordinal) == true);
    }

    private sealed class Reports(Action<TransferProgress> report) : IProgress<TransferProgress>
    {
        public void Report(TransferProgress value) => report(value);
    }

    private sealed class HostileMemory(int size) : MemoryManager<byte>
    {
        private readonly byte[] _bytes = new byte[size];

        public bool Throws { get; set; }

        public List<string?> Threads { get; } = [];

        public override Span<byte> GetSpan()
        {
            Threads.Add(Thread.CurrentThread.Name);
            return Throws ? throw new InvalidTimeZoneException("scripted") : _bytes;
        }

        public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

        public override void Unpin() => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
        }
    }
}

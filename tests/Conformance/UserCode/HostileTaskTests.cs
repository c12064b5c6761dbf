// Tasks of streams that break the rules of tasks.
using System.Net.Sockets;
using System.Threading.Tasks.Sources;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.UserCode;

public sealed class HostileTaskTests
{
    public enum Trick
    {
        StatusThrows,
        OnCompletedThrows,
        ResultThrows,

        /// <summary>Calls back at once, although it is not over.</summary>
        CallsBackTooEarly,

        /// <summary>Calls back from within, again and again, also long afterwards.</summary>
        CallsBackOften,
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Trick.StatusThrows, true)]
    [InlineData(Trick.StatusThrows, false)]
    [InlineData(Trick.OnCompletedThrows, true)]
    [InlineData(Trick.OnCompletedThrows, false)]
    [InlineData(Trick.ResultThrows, true)]
    [InlineData(Trick.ResultThrows, false)]
    [Cases("F-11")]
    public async Task What_a_task_throws_is_the_cause(Trick trick, bool isRead)
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        Source task = new(trick, 5);
        using HostileStream stream = new()
        {
            Reads = (_, _) => new ValueTask<int>(task, 7),
            Writes = _ => new ValueTask(task, 7),
        };
        rig.Writer.Send("hello"u8);

        TransferException failure = await Assert.ThrowsAsync<TransferException>(() => Rig.Start(
            Call.Async, isRead ? stream : rig.Source, isRead ? rig.Destination : stream).Within("the transfer"));

        Assert.Equal(isRead ? TransferSide.Source : TransferSide.Destination, failure.Side);
        Assert.IsType<InvalidTimeZoneException>(failure.InnerException);
        Assert.Equal(0, failure.Progress.BytesWritten);
        await Untouched.AssertReleased(rig);
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Trick.CallsBackTooEarly)]
    [InlineData(Trick.CallsBackOften)]
    [Cases("F-11")]
    public async Task A_callback_is_only_a_hint(Trick trick)
    {
        const int Reads = 200;
        using Rig rig = new(Family.Tcp, Family.Tcp);
        using HostileStream stream = new()
        {
            Reads = (buffer, before) =>
            {
                if (before == Reads)
                {
                    return new ValueTask<int>(0);
                }

                Source task = new(trick, 1000);
                task.CompleteLater(() => Pattern.Default.Bytes(before * 1000, 1000).CopyTo(buffer));
                return new ValueTask<int>(task, 7);
            },
            Writes = _ =>
            {
                Source task = new(trick, 0);
                task.CompleteLater(static () => { });
                return new ValueTask(task, 7);
            },
        };
        Task<Received> reader = Peer.Read(rig.Reader);

        TransferResult result = await Rig.Start(Call.Async, stream, rig.Destination).Within("the reads");
        rig.Destination.Shutdown(SocketShutdown.Send);
        Assert.Equal((Reads * 1000, TransferEnd.EndOfStream), (result.BytesWritten, result.EndedBy));
        Assert.Equal(new Received(Reads * 1000, SocketError.Success), await reader.Within("the reader"));

        Task<long> writer = Peer.Write(rig.Writer, 500_000);
        result = await Rig.Start(Call.Async, rig.Source, stream).Within("the writes");
        Assert.Equal(500_000, result.BytesWritten);
        Pattern.Default.AssertEqual(stream.Written);
        Assert.Equal(500_000, await writer.Within("the writer"));
        await Untouched.AssertReleased(rig);
    }

    [Fact(Timeout = Deadline.Ms)]
    [Cases("F-11")]
    public async Task A_task_that_never_ends_keeps_its_memory_and_nothing_else()
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        using CancellationTokenSource cancel = new();
        Memory<byte> kept = default;
        using HostileStream stream = new()
        {
            Reads = (buffer, _) =>
            {
                kept = buffer;
                return new ValueTask<int>(new TaskCompletionSource<int>().Task);
            },
        };
        Task<TransferResult> transfer = Rig.Start(Call.Async, stream, rig.Destination, null, cancel.Token);
        await Deadline.Until("the read", () => stream.ReadsCount == 1);
        cancel.Cancel();
        _ = await Assert.ThrowsAsync<TransferCanceledException>(() => transfer.Within("the cancel"));

        // Whoever transfers now has other memory: what is scribbled there goes nowhere.
        using CancellationTokenSource done = new();
        Task scribbler = Deadline.OnThread(() =>
        {
            while (!done.IsCancellationRequested)
            {
                kept.Span.Fill(0xEE);
            }
        });
        using MemoryStream source = new(Pattern.Default.Bytes(0, 2_000_000));
        Task<Received> reader = Peer.Read(rig.Reader);
        _ = await Rig.Start(Call.Async, source, rig.Destination).Within("the next one");
        rig.Destination.Shutdown(SocketShutdown.Send);
        Assert.Equal(new Received(2_000_000, SocketError.Success), await reader.Within("the reader"));
        await done.CancelAsync();
        await scribbler;
        await Untouched.AssertReleased(rig);
    }

    private sealed class Source(Trick trick, int count) : IValueTaskSource<int>, IValueTaskSource
    {
        private readonly List<(Action<object?> Continuation, object? State)> _continuations = [];
        private volatile bool _isOver = trick == Trick.ResultThrows;

        public void CompleteLater(Action before)
            => ThreadPool.QueueUserWorkItem(_ =>
            {
                before();
                _isOver = true;
                CallBack();
                if (trick == Trick.CallsBackOften)
                {
                    CallBack();
                    Thread.Yield();
                    CallBack();
                }
            });

        public ValueTaskSourceStatus GetStatus(short token)
            => trick == Trick.StatusThrows ? throw new InvalidTimeZoneException()
                : _isOver ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Pending;

        public void OnCompleted(
            Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        {
            if (trick == Trick.OnCompletedThrows)
            {
                throw new InvalidTimeZoneException();
            }

            continuation(state); // Whether it is over or not.
            bool isOver;
            lock (_continuations)
            {
                _continuations.Add((continuation, state));
                isOver = _isOver;
            }

            if (isOver)
            {
                continuation(state);
            }
        }

        public int GetResult(short token)
        {
            if (trick == Trick.ResultThrows)
            {
                throw new InvalidTimeZoneException();
            }

            return _isOver ? count : throw new InvalidOperationException("It is not over.");
        }

        void IValueTaskSource.GetResult(short token) => GetResult(token);

        private void CallBack()
        {
            (Action<object?>, object?)[] continuations;
            lock (_continuations)
            {
                continuations = [.. _continuations];
            }

            foreach ((Action<object?> continuation, object? state) in continuations)
            {
                continuation(state);
            }
        }
    }
}

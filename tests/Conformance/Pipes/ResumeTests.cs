// Calls that are given up again and again: together they move each byte once.
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Pipes;

public sealed class ResumeTests : IDisposable
{
    private const int Total = 4 << 20;

    private readonly Random _random = new(4711);
    private CancellationTokenSource _source = new();
    private long _cancelled;

    public static TheoryData<TransferMode, Call> PipesModes { get; } = new(
        from mode in Matrix.Modes
        from call in Enum.GetValues<Call>()
        select new TheoryDataRow<TransferMode, Call>(mode, call));

    public void Dispose() => _source.Dispose();

    [Fact(Timeout = Deadline.Ms)]
    public async Task Reads_that_are_cancelled_lose_nothing()
    {
        using Pipe pipe = Pipe.Create();
        Task<long> writer = Deadline.OnThread(() => WriteInFits(pipe));
        byte[] buffer = new byte[5000];
        long done = 0;
        while (true)
        {
            try
            {
                int count = await pipe.ReadAsync(buffer, Soon()).Within("a read");
                if (count == 0)
                {
                    break;
                }

                Pattern.Default.AssertEqual(buffer.AsSpan(0, count), done);
                done += count;
            }
            catch (OperationCanceledException)
            {
                _cancelled++;
            }
        }

        AssertAll(done);
        await writer.Within("the writer");
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task Writes_that_are_cancelled_say_how_much_is_in_the_pipe()
    {
        using Pipe pipe = Pipe.Create();
        Task<long> reader = PipePeer.Read(pipe, chunk: 9000, pauseMs: 1);
        long done = 0;
        while (done < Total)
        {
            int length = (int)Math.Min(150_000, Total - done);
            try
            {
                await pipe.WriteAsync(Pattern.Default.Slice(done, length), Soon()).Within("a write");
                done += length;
            }
            catch (OperationCanceledException e)
            {
                done += Assert.IsType<ITransferFailure>(e, exactMatch: false).Progress.BytesWritten;
                _cancelled++;
            }
        }

        pipe.CloseWrite();
        AssertAll(await reader.Within("the reader"));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.FamiliesCalls), MemberType = typeof(PipeMatrix))]
    public async Task Copiers_into_a_pipe(Family family, Call call)
    {
        using Pipe pipe = Pipe.Create();
        using SocketPair pair = SocketPair.Connect(family);
        Task<long> writer = Peer.Write(pair.Far, Total, chunk: 20_000, pauseMs: 1);
        Task<long> reader = PipePeer.Read(pipe, chunk: 20_000);
        long done = await Resume(
            token => PipePeer.ReadFrom(call, pipe, pair.Near, token: token), bytes => pipe.WriteAsync(bytes).AsTask());
        AssertAll(done);
        Assert.Equal(Total, await reader.Within("the reader"));
        await writer.Within("the writer");
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.FamiliesCalls), MemberType = typeof(PipeMatrix))]
    public async Task Copiers_out_of_a_pipe(Family family, Call call)
    {
        using Pipe pipe = Pipe.Create();
        using SocketPair pair = SocketPair.Connect(family);
        Task<long> writer = PipePeer.Write(pipe, Total, chunk: 20_000, pauseMs: 1);
        Task<Received> reader = Peer.Read(pair.Far);
        long done = await Resume(
            token => PipePeer.WriteTo(call, pipe, pair.Near, token),
            bytes => Deadline.OnThread(() => Assert.Equal(bytes.Length, pair.Near.Send(bytes.Span))));
        pair.Near.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        AssertAll(done);
        Assert.Equal(Total, (await reader.Within("the reader")).Count);
        await writer.Within("the writer");
    }

    // What a copier had in hand goes first next time, where it moved bytes through memory.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipesModes))]
    public async Task Copiers_between_pipes(TransferMode mode, Call call)
    {
        using Pipe pipe = Pipe.Create();
        using Pipe destination = Pipe.Create();
        Task<long> writer = PipePeer.Write(pipe, Total, chunk: 20_000, pauseMs: 1);
        Task<long> reader = PipePeer.Read(destination, chunk: 20_000);
        TransferOptions options = new() { Mode = mode, KeepUndelivered = true };
        for (bool isOver = false; !isOver;)
        {
            try
            {
                await Rig.Start(call, pipe, destination, options, Soon()).Within("a copier");
                isOver = true;
            }
            catch (TransferCanceledException e)
            {
                options = options with { Prefix = e.Undelivered };
                _cancelled++;
            }
        }

        destination.CloseWrite();
        AssertAll(await reader.Within("the reader"));
        await writer.Within("the writer");
    }

    /// <param name="copy">What is given up and called again.</param>
    /// <param name="deliver">Moves what a copier had in hand.</param>
    private async Task<long> Resume(
        Func<CancellationToken, Task<TransferResult>> copy, Func<ReadOnlyMemory<byte>, Task> deliver)
    {
        long done = 0;
        while (true)
        {
            try
            {
                return done + (await copy(Soon()).Within("a copier")).BytesWritten;
            }
            catch (TransferCanceledException e)
            {
                Assert.Equal(e.Progress.BytesConsumed, e.Progress.BytesWritten + e.Undelivered.Length);
                await deliver(e.Undelivered).Within("what it had in hand");
                done += e.Progress.BytesConsumed;
                _cancelled++;
            }
        }
    }

    /// <summary>A token that is cancelled after no time, or after a little.</summary>
    private CancellationToken Soon()
    {
        _source.Dispose();
        _source = new CancellationTokenSource();
        if (_cancelled < 400)
        {
            _source.CancelAfter(TimeSpan.FromMilliseconds(_random.Next(0, 3)));
        }

        return _source.Token;
    }

    // So slow that readers wait, and are given up while they do.
    private static long WriteInFits(Pipe pipe)
    {
        int count = 0;
        for (long done = 0; done < Total;)
        {
            int length = (int)Math.Min(3000, Total - done);
            pipe.Write(Pattern.Default.Slice(done, length).Span);
            done += length;
            if (++count % 8 == 0)
            {
                Thread.Sleep(1);
            }
        }

        pipe.CloseWrite();
        return Total;
    }

    private void AssertAll(long done)
    {
        Assert.Equal(Total, done);
        int enough = Platform.HasKernel ? 3 : 0; // A blocking call of a stream is not interrupted.
        Assert.True(_cancelled > enough, $"only {_cancelled} calls were cancelled");
    }
}

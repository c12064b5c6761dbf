// Whatever waits for a pipe ends at once when somebody closes, disposes or cancels, and says why.
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Pipes;

public sealed class EndedCallTests
{
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.WaitingCalls), MemberType = typeof(PipeMatrix))]
    [Cases("GO-108", "GO-109", "GO-111", "GO-112", "B-19")]
    public async Task Dispose_ends_it(Waiting waiting, Call call)
    {
        using ParkedCall parked = await ParkedCall.Start(waiting, call);
        await Deadline.OnThread(parked.Pipe.Dispose).Within("Dispose", PipePeer.PromptMs);
        AssertDisposed(parked, await parked.Thrown<ObjectDisposedException>());
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.WaitingCalls), MemberType = typeof(PipeMatrix))]
    [Cases("GO-108", "GO-109", "IO-42", "IO-49")]
    public async Task Closing_the_end_it_uses_ends_it(Waiting waiting, Call call)
    {
        using ParkedCall parked = await ParkedCall.Start(waiting, call);
        await Deadline.OnThread(parked.CloseOwnEnd).Within("the close", PipePeer.PromptMs);
        AssertDisposed(parked, await parked.Thrown<ObjectDisposedException>());
        if (parked.Writes)
        {
            // The other end is as it was: what was in the pipe is read, then its end or that it was cut off.
            Pattern.Default.AssertEqual(await PipePeer.ReadExactly(parked.Pipe, parked.InPipe).Within("the rest"));
        }
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Waiting.Write, Call.Sync)]
    [InlineData(Waiting.Write, Call.Async)]
    [InlineData(Waiting.ReadFromIntoFullPipe, Call.Sync)]
    [InlineData(Waiting.ReadFromIntoFullPipe, Call.Async)]
    [InlineData(Waiting.ReadFromSilentSource, Call.Sync)]
    [InlineData(Waiting.ReadFromSilentSource, Call.Async)]
    public async Task A_reader_that_goes_ends_who_writes(Waiting waiting, Call call)
    {
        using ParkedCall parked = await ParkedCall.Start(waiting, call);
        parked.Pipe.CloseRead();
        if (waiting == Waiting.ReadFromSilentSource && !parked.Task.IsCompleted)
        {
            parked.Pair.Far.Send("a byte that has nowhere to go"u8); // At the latest now.
        }

        IOException thrown = await parked.Thrown<IOException>();
        if (thrown is TransferException transfer)
        {
            Routes.AssertFailed(transfer, TransferSide.Destination, Libc.EPipe);
            Assert.Equal(0, transfer.Progress.BytesWritten);
        }
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Waiting.Read, Call.Sync)]
    [InlineData(Waiting.Read, Call.Async)]
    [InlineData(Waiting.WriteToFromEmptyPipe, Call.Sync)]
    [InlineData(Waiting.WriteToFromEmptyPipe, Call.Async)]
    [Cases("GO-113", "GO-115")]
    public async Task A_writer_that_goes_is_the_end(Waiting waiting, Call call)
    {
        using ParkedCall parked = await ParkedCall.Start(waiting, call);
        parked.Pipe.CloseWrite();
        if (parked.Task is Task<int> read)
        {
            Assert.Equal(0, await read.Within("the read", PipePeer.PromptMs));
        }
        else
        {
            TransferResult result = await ((Task<TransferResult>)parked.Task).Within("WriteTo", PipePeer.PromptMs);
            Assert.Equal((0, TransferEnd.EndOfStream), (result.BytesWritten, result.EndedBy));
        }
    }

    // What is in the pipe still goes out, and only then the end.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.Calls), MemberType = typeof(PipeMatrix))]
    public async Task A_writer_that_goes_does_not_cut_off_what_it_wrote(Call call)
    {
        using ParkedCall parked = await ParkedCall.Start(Waiting.WriteToStalledDestination, call);
        parked.Pipe.CloseWrite();
        await PipePeer.AssertWaits(parked.Task, "WriteTo");
        Task<Received> reader = Peer.Read(parked.Pair.Far);
        TransferResult result = await ((Task<TransferResult>)parked.Task).Within("WriteTo");
        Assert.Equal((parked.InPipe, TransferEnd.EndOfStream), (result.BytesWritten, result.EndedBy));
        parked.Pair.Near.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        Assert.Equal(parked.InPipe, (await reader.Within("the reader")).Count);
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.WaitingCalls), MemberType = typeof(PipeMatrix))]
    public async Task Cancelling_ends_it_and_loses_nothing(Waiting waiting, Call call)
    {
        if (call == Call.Sync && waiting is Waiting.Read or Waiting.Write)
        {
            call = Call.Async; // The sync read and write take no token.
        }

        using CancellationTokenSource cancellation = new();
        using ParkedCall parked = await ParkedCall.Start(waiting, call, token: cancellation.Token);
        cancellation.Cancel();
        OperationCanceledException thrown = await parked.Thrown<OperationCanceledException>();
        Assert.Equal(cancellation.Token, thrown.CancellationToken);

        // Both ends are open, and the pipe holds what it held, but for what was moved or is handed over.
        TransferCanceledException? transfer =
            parked.IsTransfer ? Assert.IsType<TransferCanceledException>(thrown) : null;
        ReadOnlyMemory<byte> inHand = transfer?.Undelivered ?? default;
        long taken = waiting == Waiting.WriteToStalledDestination ? transfer!.Progress.BytesConsumed : 0;
        int left = parked.InPipe - (int)taken;
        Assert.Equal(left, parked.Pipe.Available);
        Pattern.Default.AssertEqual(await PipePeer.ReadExactly(parked.Pipe, left).Within("what is left"), taken);
        if (waiting == Waiting.WriteToStalledDestination)
        {
            Assert.Equal(taken, transfer!.Progress.BytesWritten + inHand.Length);
            Pattern.Default.AssertEqual(inHand.Span, transfer.Progress.BytesWritten);
        }

        await parked.Pipe.WriteAsync(Pattern.Ascii("open")).Within("a write");
        Assert.Equal("open"u8.ToArray(), await PipePeer.ReadExactly(parked.Pipe, 4).Within("a read"));
        if (waiting == Waiting.ReadFromIntoFullPipe)
        {
            byte[] inSource = await Peer.ReadExactly(parked.Pair.Near, 100 - inHand.Length).Within("the source");
            Pattern.Default.AssertEqual([.. inHand.Span, .. inSource], parked.InPipe);
        }
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Waiting.Read)]
    [InlineData(Waiting.Write)]
    public async Task A_token_that_is_cancelled_already_ends_it_before_a_byte(Waiting waiting)
    {
        using Pipe pipe = Pipe.Create();
        pipe.Write("stays"u8);
        CancellationToken token = new(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting == Waiting.Read
            ? pipe.ReadAsync(new byte[10], token).AsTask() : pipe.WriteAsync(Pattern.Ascii("more"), token).AsTask());
        Assert.Equal(5, pipe.Available);
    }

    // Everybody who waits is woken, not only the first.
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Waiting.Read, Call.Sync)]
    [InlineData(Waiting.Read, Call.Async)]
    [InlineData(Waiting.Write, Call.Sync)]
    [InlineData(Waiting.Write, Call.Async)]
    public async Task Dispose_ends_all_of_them(Waiting waiting, Call call)
    {
        using Pipe pipe = Pipe.Create();
        if (waiting == Waiting.Write)
        {
            PipePeer.Fill(pipe);
        }

        Task[] calls = [.. Enumerable.Range(0, 8).Select(_ => waiting == Waiting.Read
            ? PipePeer.Read(call, pipe, new byte[1]) : PipePeer.Write(call, pipe, new byte[1]))];
        await PipePeer.AssertWaits(Task.WhenAny(calls), "each of them");
        pipe.Dispose();
        foreach (Task each in calls)
        {
            await Assert.ThrowsAnyAsync<ObjectDisposedException>(() => each.Within("one", PipePeer.PromptMs));
        }
    }

    // A close that comes just when the call starts, or just when a byte comes.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.Calls), MemberType = typeof(PipeMatrix))]
    [Cases("GO-119")]
    public async Task A_close_that_races_with_reads_and_writes(Call call)
    {
        for (int i = 0; i < 60; i++)
        {
            using Pipe pipe = Pipe.Create();
            using Barrier start = new(3);
            Task<Exception?> writer = Race(start, () => PipePeer.Write(call, pipe, new byte[100_000]));
            Task<Exception?> reader = Race(start, () => PipePeer.Read(call, pipe, new byte[1000]));
            Task closer = Deadline.OnThread(() =>
            {
                start.SignalAndWait();
                Thread.SpinWait(i * 50);
                pipe.Dispose();
            });
            await closer.Within("the closer", PipePeer.PromptMs);
            foreach (Task<Exception?> one in (Task<Exception?>[])[writer, reader])
            {
                Exception? thrown = await one.Within("the other", PipePeer.PromptMs);
                Assert.True(thrown is null or ObjectDisposedException or IOException, $"{thrown}");
            }
        }
    }

    private static Task<Exception?> Race(Barrier start, Func<Task> work) => Deadline.OnThread(async () =>
    {
        start.SignalAndWait();
        return await Record.ExceptionAsync(work);
    }).Unwrap();

    private static void AssertDisposed(ParkedCall parked, ObjectDisposedException thrown)
    {
        if (parked.IsTransfer)
        {
            TransferDisposedException transfer = Assert.IsType<TransferDisposedException>(thrown);
            Assert.Equal(parked.Writes ? TransferSide.Destination : TransferSide.Source, transfer.Side);
        }
    }
}

// How a pipe ends: each end by itself, in any order, as often as one likes.
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Plain;

namespace Zerocopy.Conformance.Pipes;

public sealed class PipeEndTests
{
    private readonly byte[] _buffer = new byte[64];

    /// <summary>What closes one end.</summary>
    public enum Closer
    {
        Close,
        DisposeOfStream,
        AsyncDisposeOfStream,
    }

    public static TheoryData<Call, Closer> CallsClosers { get; } = new(
        from call in Enum.GetValues<Call>()
        from closer in Enum.GetValues<Closer>()
        select new TheoryDataRow<Call, Closer>(call, closer));

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(CallsClosers))]
    [Cases("IO-36..IO-41", "GO-113")]
    public async Task A_reader_that_waits_sees_the_end(Call call, Closer closer)
    {
        using Pipe pipe = Pipe.Create();
        Task<int> read = PipePeer.Read(call, pipe, _buffer);
        await PipePeer.AssertWaits(read, "the read");
        await Close(closer, pipe, pipe.AsWriteStream, pipe.CloseWrite);
        Assert.Equal(0, await read.Within("the end", PipePeer.PromptMs));
        Assert.Equal(0, await PipePeer.Read(call, pipe, _buffer).Within("the end again", PipePeer.PromptMs));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(CallsClosers))]
    [Cases("IO-43..IO-48")]
    public async Task A_writer_that_waits_sees_that_the_reader_has_gone(Call call, Closer closer)
    {
        using Pipe pipe = Pipe.Create();
        PipePeer.Fill(pipe);
        Task write = PipePeer.Write(call, pipe, Pattern.Ascii("hello"));
        await PipePeer.AssertWaits(write, "the write");
        await Close(closer, pipe, pipe.AsReadStream, pipe.CloseRead);
        AssertBroken(await Assert.ThrowsAnyAsync<IOException>(
            () => write.Within("the broken pipe", PipePeer.PromptMs)));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.Calls), MemberType = typeof(PipeMatrix))]
    [Cases("GO-106", "B-19")]
    public async Task Every_write_to_a_broken_pipe_says_so_and_the_process_lives(Call call)
    {
        using Pipe pipe = Pipe.Create();
        pipe.CloseRead();
        for (int i = 0; i < 20; i++)
        {
            AssertBroken(await Assert.ThrowsAnyAsync<IOException>(
                () => PipePeer.Write(call, pipe, Pattern.Ascii("hi")).Within("a write")));
        }
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.Calls), MemberType = typeof(PipeMatrix))]
    [Cases("B-19")]
    public async Task A_closed_end_is_a_disposed_object(Call call)
    {
        using Pipe pipe = Pipe.Create();
        pipe.Write("lost"u8);
        pipe.CloseRead();
        await Assert.ThrowsAnyAsync<ObjectDisposedException>(
            () => PipePeer.Read(call, pipe, _buffer).Within("a read"));
        Assert.ThrowsAny<ObjectDisposedException>(() => pipe.Available);
        pipe.CloseWrite();
        await Assert.ThrowsAnyAsync<ObjectDisposedException>(
            () => PipePeer.Write(call, pipe, Pattern.Ascii("hi")).Within("a write"));
        Assert.ThrowsAny<ObjectDisposedException>(() => pipe.Capacity);
        Assert.ThrowsAny<ObjectDisposedException>(() => pipe.Capacity = 4096);
        using MemoryStream stream = new();
        await Assert.ThrowsAnyAsync<ObjectDisposedException>(
            () => PipePeer.ReadFrom(call, pipe, stream).Within("a ReadFrom"));
        await Assert.ThrowsAnyAsync<ObjectDisposedException>(
            () => PipePeer.WriteTo(call, pipe, stream).Within("a WriteTo"));
    }

    [Fact]
    [Cases("B-25")]
    public void Closing_again_does_nothing()
    {
        Pipe pipe = Pipe.Create();
        pipe.CloseWrite();
        pipe.CloseWrite();
        Assert.Equal(0, pipe.Read(_buffer));
        pipe.CloseRead();
        pipe.CloseRead();
        pipe.Dispose();
        pipe.Dispose();
        pipe.CloseWrite();
        pipe.AsReadStream().Dispose();
        pipe.AsWriteStream().Dispose();
        Assert.ThrowsAny<ObjectDisposedException>(() => pipe.Read(_buffer));
    }

    // Descriptor numbers are reused at once: closing one twice would close somebody else's.
    [Fact(Timeout = Deadline.Ms)]
    [Cases("B-25", "GO-120")]
    public async Task Closing_by_many_at_once_closes_each_end_once()
    {
        for (int i = 0; i < 100; i++)
        {
            Pipe pipe = Pipe.Create();
            using Barrier start = new(4);
            Task[] closers = [.. ((Action[])[pipe.Dispose, pipe.Dispose, pipe.CloseRead, pipe.CloseWrite]).Select(
                close => Deadline.OnThread(() =>
                {
                    start.SignalAndWait();
                    close();
                    close();
                }))];
            using Pipe neighbour = Pipe.Create();
            neighbour.Write("stays"u8);
            await Task.WhenAll(closers).Within("the closers");
            neighbour.CloseWrite();
            Assert.Equal(5, neighbour.Read(_buffer));
            Assert.Equal(0, neighbour.Read(_buffer));
        }
    }

    // The first end counts: a failure that came through ReadFrom is not mended by a close.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.Calls), MemberType = typeof(PipeMatrix))]
    [Cases("IO-53")]
    public async Task A_close_after_a_failure_does_not_make_a_clean_end(Call call)
    {
        using Pipe pipe = Pipe.Create();
        using ScriptedStream source = new("got this"u8.ToArray()) { ReadError = new IOException("gone") };
        await Assert.ThrowsAnyAsync<IOException>(() => PipePeer.ReadFrom(call, pipe, source).Within("the copier"));
        pipe.CloseWrite();
        pipe.AsWriteStream().Dispose();
        Assert.Equal(8, await PipePeer.Read(call, pipe, _buffer).Within("what came"));
        for (int i = 0; i < 2; i++)
        {
            await Assert.ThrowsAnyAsync<IOException>(() => PipePeer.Read(call, pipe, _buffer).Within("the failure"));
        }
    }

    // And the other way round: an end that was passed on stays one.
    [Fact(Timeout = Deadline.Ms)]
    [Cases("IO-53")]
    public async Task A_reader_that_has_seen_the_end_sees_no_failure_later()
    {
        using Pipe pipe = Pipe.Create();
        pipe.Write("all"u8);
        pipe.CloseWrite();
        using ScriptedStream source = new() { ReadError = new IOException("gone") };
        await Assert.ThrowsAnyAsync<ObjectDisposedException>(
            () => pipe.ReadFromAsync(source).Within("the copier"));
        Assert.Equal(3, pipe.Read(_buffer));
        Assert.Equal(0, pipe.Read(_buffer));
    }

    private static async Task Close(Closer closer, Pipe pipe, Func<Stream> stream, Action close)
    {
        switch (closer)
        {
            case Closer.DisposeOfStream:
                stream().Dispose();
                break;
            case Closer.AsyncDisposeOfStream:
                await stream().DisposeAsync();
                break;
            default:
                close();
                break;
        }

        Assert.True(pipe.Capacity > 0, "the other end is open"); // Half a pipe still has a size.
    }

    private static void AssertBroken(IOException e)
        => Assert.Contains("EPIPE", e.Message, StringComparison.Ordinal);
}

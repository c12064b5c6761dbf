// What people do with pipes that no suite thought of.
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Pipes;

public sealed class PipeUseTests
{
    // The streams of a pipe are seen through to the pipe.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.Calls), MemberType = typeof(PipeMatrix))]
    public async Task The_streams_of_pipes_are_endpoints_like_pipes(Call call)
    {
        const int Bytes = 400_009;
        using Pipe source = Pipe.Create();
        using Pipe destination = Pipe.Create();
        Task<long> writer = PipePeer.Write(source, Bytes);
        Task<long> reader = PipePeer.Read(destination);
        TransferResult result = await Rig.Start(
            call, source.AsReadStream(), destination.AsWriteStream()).Within("the transfer");
        Routes.AssertMoved(result, Bytes, Routes.Of(EndKind.Pipe, EndKind.Pipe));
        destination.CloseWrite();
        Assert.Equal((Bytes, Bytes), (await writer.Within("the writer"), await reader.Within("the reader")));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.Calls), MemberType = typeof(PipeMatrix))]
    public async Task A_pipe_is_not_copied_into_itself(Call call)
    {
        using Pipe pipe = Pipe.Create();
        pipe.Write("round"u8);
        await Assert.ThrowsAsync<ArgumentException>(
            () => PipePeer.ReadFrom(call, pipe, pipe.AsReadStream()).Within("by its stream"));
        await Assert.ThrowsAsync<ArgumentException>(() => PipePeer.WriteTo(call, pipe, pipe).Within("by WriteTo"));
        await Assert.ThrowsAsync<ArgumentException>(() => Rig.Start(call, pipe, pipe).Within("by a transfer"));
        Assert.Equal(5, pipe.Available);
    }

    // More room wakes who waited for it.
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Waiting.Write, Call.Sync)]
    [InlineData(Waiting.Write, Call.Async)]
    [InlineData(Waiting.ReadFromIntoFullPipe, Call.Sync)]
    [InlineData(Waiting.ReadFromIntoFullPipe, Call.Async)]
    public async Task A_pipe_that_grows_wakes_its_writer(Waiting waiting, Call call)
    {
        using ParkedCall parked = await ParkedCall.Start(waiting, call);
        parked.Pipe.Capacity = 4 * parked.InPipe;
        await Deadline.Until("its bytes are in the pipe", () => parked.Pipe.Available == parked.InPipe + 100);
        if (waiting == Waiting.Write)
        {
            await parked.Task.Within("the write");
        }

        Pattern.Default.AssertEqual(await PipePeer.ReadExactly(parked.Pipe, parked.InPipe + 100).Within("the reader"));
    }

    // ReadFrom closes the write end, under whoever else writes.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.Calls), MemberType = typeof(PipeMatrix))]
    public async Task A_writer_beside_a_source_that_ends(Call call)
    {
        using Pipe pipe = Pipe.Create();
        int size = PipePeer.Fill(pipe);
        Task write = PipePeer.Write(call, pipe, Pattern.Ascii("late"));
        await PipePeer.AssertWaits(write, "the write");
        using MemoryStream empty = new();
        await PipePeer.ReadFrom(call, pipe, empty).Within("the copier", PipePeer.PromptMs);
        await Assert.ThrowsAnyAsync<ObjectDisposedException>(() => write.Within("the write", PipePeer.PromptMs));
        Assert.Equal(size, await PipePeer.Read(pipe).Within("the reader"));
    }

    // What a reader is told of a failure says what failed.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.Calls), MemberType = typeof(PipeMatrix))]
    public async Task The_reader_learns_what_the_source_failed_with(Call call)
    {
        using Pipe pipe = Pipe.Create();
        InvalidDataException own = new("the disk is on fire");
        using Plain.ScriptedStream source = new("x"u8.ToArray()) { ReadError = own };
        await Assert.ThrowsAsync<TransferException>(() => PipePeer.ReadFrom(call, pipe, source).Within("the copier"));
        byte[] buffer = new byte[10];
        Assert.Equal(1, await PipePeer.Read(call, pipe, buffer).Within("what came"));
        Exception? thrown = await Assert.ThrowsAnyAsync<IOException>(
            () => PipePeer.Read(call, pipe, buffer).Within("the failure"));
        while (thrown is not null && thrown != own)
        {
            thrown = thrown.InnerException;
        }

        Assert.Same(own, thrown);
    }

    // One pipe after the other in one program, all in use at once, each with its own bytes.
    [Fact(Timeout = Deadline.Ms)]
    public async Task Two_hundred_pipes_at_once()
    {
        const int Bytes = 150_000;
        await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            using Pipe pipe = Pipe.Create(4096 << (i % 4));
            long start = i * 7919L;
            Task write = WriteAll(pipe, start);
            byte[] buffer = new byte[10_000];
            long done = 0;
            for (int count; (count = await pipe.ReadAsync(buffer)) > 0; done += count)
            {
                Pattern.Default.AssertEqual(buffer.AsSpan(0, count), start + done);
            }

            Assert.Equal(Bytes, done);
            await write;
        })).Within("all of them");

        static async Task WriteAll(Pipe pipe, long start)
        {
            await pipe.WriteAsync(Pattern.Default.Bytes(start, Bytes));
            pipe.CloseWrite();
        }
    }
}

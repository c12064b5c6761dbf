// Bytes in at one end, the same bytes out at the other.
using System.Buffers.Binary;
using System.Text;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Pipes;

public sealed class ReadWriteTests
{
    private readonly byte[] _buffer = new byte[64];

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.Calls), MemberType = typeof(PipeMatrix))]
    [Cases("IO-33", "GO-121")]
    public async Task One_write_is_one_read(Call call)
    {
        using Pipe pipe = Pipe.Create();
        await PipePeer.Write(call, pipe, Pattern.Ascii("hello, world")).Within("the write");
        Assert.Equal(12, pipe.Available);
        Assert.Equal(12, await PipePeer.Read(call, pipe, _buffer).Within("the read"));
        Assert.Equal("hello, world", Encoding.ASCII.GetString(_buffer, 0, 12));
        Assert.Equal(0, pipe.Available);

        await PipePeer.Write(call, pipe, Pattern.Ascii("b")).Within("the byte");
        Assert.Equal(1, await PipePeer.Read(call, pipe, _buffer.AsMemory(0, 1)).Within("its read"));
        Assert.Equal((byte)'b', _buffer[0]);
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.Calls), MemberType = typeof(PipeMatrix))]
    [Cases("IO-34")]
    public async Task Five_writes_in_step_with_a_reader(Call call)
    {
        using Pipe pipe = Pipe.Create();
        for (int i = 0; i < 5; i++)
        {
            int length = 5 + (10 * i);
            Task<int> read = PipePeer.Read(call, pipe, _buffer);
            await PipePeer.Write(call, pipe, Pattern.Default.Slice(i * 64, length)).Within("the write");
            Assert.Equal(length, await read.Within("the read"));
            Pattern.Default.AssertEqual(_buffer.AsSpan(0, length), i * 64);
        }

        Task<int> last = PipePeer.Read(call, pipe, _buffer);
        pipe.CloseWrite();
        Assert.Equal(0, await last.Within("the end"));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.Calls), MemberType = typeof(PipeMatrix))]
    [Cases("IO-35")]
    public async Task One_write_in_ever_larger_reads(Call call)
    {
        using Pipe pipe = Pipe.Create();
        await PipePeer.Write(call, pipe, Pattern.Default.Slice(0, 128)).Within("the write");
        pipe.CloseWrite();
        int done = 0;
        foreach (int length in (int[])[1, 2, 4, 8, 16, 32, 64])
        {
            Assert.Equal(length, await PipePeer.Read(call, pipe, _buffer.AsMemory(0, length)).Within("a read"));
            Pattern.Default.AssertEqual(_buffer.AsSpan(0, length), done);
            done += length;
        }

        Assert.Equal(1, await PipePeer.Read(call, pipe, _buffer).Within("the last byte"));
        Pattern.Default.AssertEqual(_buffer.AsSpan(0, 1), 127);
        Assert.Equal(0, await PipePeer.Read(call, pipe, _buffer).Within("the end"));
        Assert.Equal(0, await PipePeer.Read(call, pipe, _buffer).Within("the end, again"));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.Calls), MemberType = typeof(PipeMatrix))]
    [Cases("IO-50", "IO-51")]
    public async Task Nothing_written_is_not_an_end(Call call)
    {
        using Pipe pipe = Pipe.Create();
        Task<int> read = PipePeer.Read(call, pipe, _buffer);
        await PipePeer.Write(call, pipe, Array.Empty<byte>()).Within("a write of nothing");
        await PipePeer.Write(call, pipe, default).Within("a write of null");
        await PipePeer.AssertWaits(read, "the read");

        await PipePeer.Write(call, pipe, Pattern.Ascii("x")).Within("a write");
        Assert.Equal(1, await read.Within("the read"));
        Assert.Equal(0, await PipePeer.Read(call, pipe, default).Within("a read of nothing"));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.Calls), MemberType = typeof(PipeMatrix))]
    [Cases("IO-52")]
    public async Task What_was_written_before_the_end_arrives_and_what_comes_later_fails(Call call)
    {
        using Pipe pipe = Pipe.Create();
        await PipePeer.Write(call, pipe, Pattern.Ascii("hello")).Within("the write");
        pipe.CloseWrite();
        await Assert.ThrowsAnyAsync<ObjectDisposedException>(
            () => PipePeer.Write(call, pipe, Pattern.Ascii("world")).Within("the late write"));
        Assert.Equal(5, await PipePeer.Read(call, pipe, _buffer).Within("the read"));
        Assert.Equal("hello", Encoding.ASCII.GetString(_buffer, 0, 5));
        Assert.Equal(0, await PipePeer.Read(call, pipe, _buffer).Within("the end"));
    }

    // Writes up to 4096 bytes are whole. What is read in pieces of two must be the writes, one after the other.
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync, 16)]
    [InlineData(Call.Async, 16)]
    [InlineData(Call.Sync, 4096)]
    [InlineData(Call.Async, 4096)]
    [Cases("IO-54")]
    public async Task Writers_at_once_do_not_mix(Call call, int bytes)
    {
        using Pipe pipe = Pipe.Create();
        const int Writers = 8;
        const int Each = 40; // At 4096 bytes more than the pipe holds, so that writers wait too.
        Task[] writers = [.. Enumerable.Range(0, Writers).Select(writer => Deadline.OnThread(async () =>
        {
            byte[] piece = new byte[bytes];
            Array.Fill(piece, (byte)writer);
            for (int i = 0; i < Each; i++)
            {
                await PipePeer.Write(call, pipe, piece).Within("a write");
            }
        }).Unwrap())];
        byte[] all = await PipePeer.ReadExactly(pipe, Writers * Each * bytes).Within("the reader");
        await Task.WhenAll(writers).Within("the writers");

        int[] seen = new int[Writers];
        foreach (byte[] piece in all.Chunk(bytes))
        {
            Assert.All(piece, one => Assert.Equal(piece[0], one));
            seen[piece[0]]++;
        }

        Assert.All(seen, count => Assert.Equal(Each, count));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.Calls), MemberType = typeof(PipeMatrix))]
    [Cases("IO-55")]
    public async Task Each_of_many_readers_gets_a_piece_of_its_own(Call call)
    {
        using Pipe pipe = Pipe.Create();
        const int Readers = 64;
        byte[][] buffers = [.. Enumerable.Range(0, Readers).Select(_ => new byte[sizeof(int)])];
        Task<int>[] reads = [.. buffers.Select(buffer => PipePeer.Read(call, pipe, buffer))];
        byte[] piece = new byte[sizeof(int)];
        for (int i = 0; i < Readers; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(piece, i);
            await PipePeer.Write(call, pipe, piece).Within("a write");
        }

        Assert.All(await Task.WhenAll(reads).Within("the readers"), count => Assert.Equal(sizeof(int), count));
        Assert.Equal(
            Enumerable.Range(0, Readers),
            buffers.Select(buffer => BinaryPrimitives.ReadInt32LittleEndian(buffer)).Order());
    }

    // One write, several times the size of the pipe; reads of odd sizes on the other side.
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync, 1 << 20, 7777)]
    [InlineData(Call.Sync, 300_001, 70_000)]
    [InlineData(Call.Async, 1 << 20, 7777)]
    [InlineData(Call.Async, 300_001, 70_000)]
    public async Task A_write_larger_than_the_pipe_waits_until_all_of_it_is_in(Call call, int bytes, int readBytes)
    {
        using Pipe pipe = Pipe.Create();
        Task write = PipePeer.Write(call, pipe, Pattern.Default.Bytes(0, bytes));
        await PipePeer.AssertWaits(write, "a write larger than the pipe");
        byte[] all = new byte[bytes];
        for (int done = 0; done < bytes;)
        {
            int length = Math.Min(readBytes, bytes - done);
            done += await PipePeer.Read(call, pipe, all.AsMemory(done, length)).Within("a read");
        }

        await write.Within("the write");
        Pattern.Default.AssertEqual(all);
        Assert.Equal(0, pipe.Available);
    }

    // Both sides wait again and again: the pipe runs full and empty in turn.
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    public async Task A_long_stream_arrives_as_it_was_sent(Call call)
    {
        using Pipe pipe = Pipe.Create();
        const int Total = 24 << 20;
        Task<long> reader = PipePeer.Read(pipe, chunk: 50_000);
        await Deadline.OnThread(async () =>
        {
            for (long done = 0; done < Total;)
            {
                int length = (int)Math.Min(100_003, Total - done);
                await PipePeer.Write(call, pipe, Pattern.Default.Slice(done, length)).Within("a write");
                done += length;
            }

            pipe.CloseWrite();
        }).Unwrap().Within("the writer");
        Assert.Equal(Total, await reader.Within("the reader"));
    }
}

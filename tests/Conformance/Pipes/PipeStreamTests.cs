// The ends of a pipe as streams: what works with any stream works with them.
#pragma warning disable CA1835 // Every overload is a way that somebody uses.
using System.Text;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Pipes;

public sealed class PipeStreamTests
{
    private const int Many = 2_000_003;

    /// <summary>The ways in which a stream can be written and read.</summary>
    public enum Way
    {
        Span,
        Array,
        Memory,
        ArrayAsync,
        BeginEnd,
        OneByte,
    }

    public static TheoryData<Way> Ways { get; } = new(Enum.GetValues<Way>());

    [Fact]
    public void Each_end_can_do_one_thing()
    {
        using Pipe pipe = Pipe.Create();
        using Stream read = pipe.AsReadStream();
        using Stream write = pipe.AsWriteStream();
        Assert.Equal((true, false, false), (read.CanRead, read.CanWrite, read.CanSeek));
        Assert.Equal((false, true, false), (write.CanRead, write.CanWrite, write.CanSeek));
        Assert.Throws<NotSupportedException>(() => read.Write("no"u8));
        Assert.Throws<NotSupportedException>(() => write.Read(new byte[1]));
        foreach (Stream stream in (Stream[])[read, write])
        {
            Assert.Throws<NotSupportedException>(() => stream.Length);
            Assert.Throws<NotSupportedException>(() => stream.Position);
            Assert.Throws<NotSupportedException>(() => stream.Position = 0);
            Assert.Throws<NotSupportedException>(() => stream.Seek(0, SeekOrigin.Begin));
            Assert.Throws<NotSupportedException>(() => stream.SetLength(0));
            stream.Flush();
        }
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Ways))]
    public async Task Every_way_to_write_and_to_read(Way way)
    {
        using Pipe pipe = Pipe.Create();
        await using Stream read = pipe.AsReadStream();
        await using Stream write = pipe.AsWriteStream();
        byte[] sent = Pattern.Default.Bytes(0, 100);
        byte[] received = new byte[100];
        await Write(write, sent, way);
        int count = 0;
        while (count < sent.Length)
        {
            int part = await Read(read, received, count, way);
            Assert.InRange(part, 1, sent.Length - count);
            count += part;
        }

        Assert.Equal(sent, received);
        write.Dispose();
        Assert.Equal(0, await Read(read, received, 0, way));
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task Copied_into_and_out_of_by_the_framework()
    {
        using Pipe pipe = Pipe.Create();
        using MemoryStream from = new(Pattern.Default.Bytes(0, Many));
        using MemoryStream to = new();
        Task fill = Task.Run(async () =>
        {
            await using Stream write = pipe.AsWriteStream();
            await from.CopyToAsync(write);
        });
        await using (Stream read = pipe.AsReadStream())
        {
            await read.CopyToAsync(to).Within("the copy out of it");
        }

        await fill.Within("the copy into it");
        Assert.Equal(Many, to.Length);
        Pattern.Default.AssertEqual(to.ToArray());
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task Copied_by_the_framework_s_sync_call()
    {
        using Pipe pipe = Pipe.Create();
        Task<long> writer = PipePeer.Write(pipe, Many, chunk: 10_000);
        using MemoryStream to = new();
        using Stream read = pipe.AsReadStream();
        await Deadline.OnThread(() => read.CopyTo(to)).Within("the copy");
        Pattern.Default.AssertEqual(to.ToArray());
        Assert.Equal((Many, Many), (to.Length, await writer));
    }

    // Three lines with pauses, read as they come; then the end.
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    [Cases("GO-113", "GO-114")]
    public async Task Lines_with_pauses(Call call)
    {
        using Pipe pipe = Pipe.Create();
        Task<List<string>> reader = Deadline.OnThread(async () =>
        {
            List<string> lines = [];
            using StreamReader text = new(pipe.AsReadStream());
            while ((call == Call.Sync ? text.ReadLine() : await text.ReadLineAsync()) is { } line)
            {
                lines.Add(line);
            }

            return lines;
        }).Unwrap();
        await using (StreamWriter text = new(pipe.AsWriteStream(), new UTF8Encoding(false)))
        {
            for (int i = 1; i <= 3; i++)
            {
                await Task.Delay(10);
                await text.WriteLineAsync($"line {i}");
                await text.FlushAsync();
            }

            await Task.Delay(10);
        }

        Assert.Equal(["line 1", "line 2", "line 3"], await reader.Within("the reader"));
    }

    // The writer sends at once and goes later: no end before, and no wait for ever after it.
    [Fact(Timeout = Deadline.Ms)]
    [Cases("GO-115")]
    public async Task The_end_comes_later_than_the_bytes()
    {
        using Pipe pipe = Pipe.Create();
        await using Stream read = pipe.AsReadStream();
        Stream write = pipe.AsWriteStream();
        await write.WriteAsync(Pattern.Ascii("fourteen bytes"));
        Task<string> text = new StreamReader(read).ReadToEndAsync();
        await PipePeer.AssertWaits(text, "the reader");
        await write.DisposeAsync();
        Assert.Equal("fourteen bytes", await text.Within("the end", PipePeer.PromptMs));
    }

    [Fact]
    public void Disposing_a_stream_closes_its_end_and_no_other()
    {
        using Pipe pipe = Pipe.Create();
        Stream write = pipe.AsWriteStream();
        write.Write("bytes"u8);
        write.Dispose();
        Assert.ThrowsAny<ObjectDisposedException>(() => write.Write("more"u8));
        Assert.ThrowsAny<ObjectDisposedException>(() => pipe.Write("more"u8));
        Assert.False(write.CanWrite);

        Stream read = pipe.AsReadStream();
        byte[] buffer = new byte[10];
        Assert.Equal(5, read.Read(buffer));
        Assert.Equal(0, read.Read(buffer));
        read.Dispose();
        Assert.ThrowsAny<ObjectDisposedException>(() => read.Read(buffer));
        Assert.ThrowsAny<ObjectDisposedException>(() => pipe.Read(buffer));
        Assert.False(read.CanRead);
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task A_read_that_waits_ends_with_its_stream_or_its_token()
    {
        using Pipe pipe = Pipe.Create();
        Stream read = pipe.AsReadStream();
        using CancellationTokenSource cancellation = new();
        Task<int> first = read.ReadAsync(new byte[10], cancellation.Token).AsTask();
        await PipePeer.AssertWaits(first, "the read");
        cancellation.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.Within("the cancelled read"));

        Task<int> second = read.ReadAsync(new byte[10], CancellationToken.None).AsTask();
        await PipePeer.AssertWaits(second, "the second read");
        await read.DisposeAsync();
        await Assert.ThrowsAnyAsync<ObjectDisposedException>(() => second.Within("it", PipePeer.PromptMs));
    }

    // Several views of the same end are the same end.
    [Fact]
    public void Views_share_the_pipe()
    {
        using Pipe pipe = Pipe.Create();
        using Stream one = pipe.AsReadStream();
        using Stream other = pipe.AsReadStream();
        pipe.Write("ab"u8);
        byte[] buffer = new byte[1];
        Assert.Equal(1, one.Read(buffer));
        Assert.Equal((byte)'a', buffer[0]);
        Assert.Equal(1, other.Read(buffer));
        Assert.Equal((byte)'b', buffer[0]);
        other.Dispose();
        Assert.ThrowsAny<ObjectDisposedException>(() => one.Read(buffer));
    }

    private static async Task Write(Stream stream, byte[] bytes, Way way)
    {
        switch (way)
        {
            case Way.Span:
                stream.Write(bytes.AsSpan());
                break;
            case Way.Array:
                stream.Write(bytes, 0, bytes.Length);
                break;
            case Way.Memory:
                await stream.WriteAsync(bytes.AsMemory());
                break;
            case Way.ArrayAsync:
                await stream.WriteAsync(bytes, 0, bytes.Length);
                break;
            case Way.BeginEnd:
                await Task.Factory.FromAsync(stream.BeginWrite, stream.EndWrite, bytes, 0, bytes.Length, null);
                break;
            default:
                foreach (byte one in bytes)
                {
                    stream.WriteByte(one);
                }

                break;
        }
    }

    private static async Task<int> Read(Stream stream, byte[] buffer, int offset, Way way)
    {
        int length = buffer.Length - offset;
        switch (way)
        {
            case Way.Span:
                return stream.Read(buffer.AsSpan(offset));
            case Way.Array:
                return stream.Read(buffer, offset, length);
            case Way.Memory:
                return await stream.ReadAsync(buffer.AsMemory(offset));
            case Way.ArrayAsync:
                return await stream.ReadAsync(buffer, offset, length);
            case Way.BeginEnd:
                return await Task<int>.Factory.FromAsync(
                    stream.BeginRead, stream.EndRead, buffer, offset, length, null);
            default:
                int one = stream.ReadByte();
                if (one < 0)
                {
                    return 0;
                }

                buffer[offset] = (byte)one;
                return 1;
        }
    }
}

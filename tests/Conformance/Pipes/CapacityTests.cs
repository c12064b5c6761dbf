// The size of a pipe: asked for, granted, read back; and how little it says about what fits.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Pipes;

public sealed class CapacityTests
{
    private const int Page = 4096;

    [Fact]
    [Cases("Z-16", "B-26")]
    public void A_size_is_granted_and_read_back()
    {
        using Pipe pipe = Pipe.Create();
        Assert.Equal(64 * 1024, pipe.Capacity);
        pipe.Capacity = 32 * Page;
        Assert.Equal(131_072, pipe.Capacity);
    }

    [Theory]
    [InlineData(1, Page)]
    [InlineData(Page, Page)]
    [InlineData(5000, 2 * Page)]
    [InlineData(3 * Page, 4 * Page)]
    [InlineData(100_000, 131_072)]
    [InlineData(1 << 20, 1 << 20)]
    [Cases("Z-16", "B-26")]
    public void A_size_is_rounded_up_to_a_power_of_two_pages(int asked, int granted)
    {
        using Pipe made = Pipe.Create(asked);
        Assert.Equal(granted, made.Capacity);
        using Pipe set = Pipe.Create();
        set.Capacity = asked;
        Assert.Equal(granted, set.Capacity);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [Cases("Z-16")]
    public void No_size_is_refused(int asked)
    {
        Assert.Equal("capacity", Assert.Throws<ArgumentOutOfRangeException>(() => Pipe.Create(asked)).ParamName);
        using Pipe pipe = Pipe.Create();
        Assert.Throws<ArgumentOutOfRangeException>(() => pipe.Capacity = asked);
        Assert.Equal(64 * 1024, pipe.Capacity);
    }

    [Fact]
    [Cases("Z-16")]
    public void A_pipe_does_not_shrink_below_what_is_in_it()
    {
        using Pipe pipe = Pipe.Create();
        pipe.Write(Pattern.Default.Slice(0, 40_000).Span);
        IOException refused = Assert.ThrowsAny<IOException>(() => pipe.Capacity = Page);
        Assert.Contains("EBUSY", refused.Message, StringComparison.Ordinal);
        Assert.Equal((64 * 1024, 40_000), (pipe.Capacity, pipe.Available));

        byte[] buffer = new byte[40_000];
        Assert.Equal(40_000, pipe.Read(buffer));
        Pattern.Default.AssertEqual(buffer);
        pipe.Capacity = Page;
        Assert.Equal(Page, pipe.Capacity);
    }

    // A chunk as large as the pipe, page by page and not, again and again: it never sticks.
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync, 1, Page)]
    [InlineData(Call.Async, 1, Page)]
    [InlineData(Call.Sync, 2 * Page, (2 * Page) + 1)]
    [InlineData(Call.Async, 2 * Page, (2 * Page) + 1)]
    [InlineData(Call.Sync, 1 << 16, 1 << 16)]
    [InlineData(Call.Async, 1 << 16, 1 << 16)]
    public async Task Chunks_as_large_as_the_pipe(Call call, int capacity, int chunk)
    {
        using Pipe pipe = Pipe.Create(capacity);
        int total = 40 * chunk;
        Task<long> reader = PipePeer.Read(pipe, chunk: Page + 1);
        for (int done = 0; done < total; done += chunk)
        {
            await PipePeer.Write(call, pipe, Pattern.Default.Slice(done, chunk)).Within("a write");
        }

        pipe.CloseWrite();
        Assert.Equal(total, await reader.Within("the reader"));
    }

    // A page that is half read stays occupied, and nothing more is put into it.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.Calls), MemberType = typeof(PipeMatrix))]
    public async Task Half_read_pages(Call call)
    {
        using Pipe pipe = Pipe.Create(2 * Page);
        int size = PipePeer.Fill(pipe);
        byte[] buffer = new byte[Page - 1];
        Assert.Equal(Page - 1, await PipePeer.Read(call, pipe, buffer).Within("a part of a page"));
        Pattern.Default.AssertEqual(buffer);
        Task write = PipePeer.Write(call, pipe, Pattern.Default.Slice(size, 3 * Page));
        Task<long> reader = PipePeer.Read(pipe, chunk: 1000, start: Page - 1);
        await write.Within("the write");
        pipe.CloseWrite();
        Assert.Equal(size + (3 * Page) - (Page - 1), await reader.Within("the reader"));
    }

    // Many small segments fill a pipe long before its size says so; its source then waits for room without a spin.
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Family.Tcp, 1448, Call.Sync)]
    [InlineData(Family.Tcp, 1448, Call.Async)]
    [InlineData(Family.Unix, 1448, Call.Sync)]
    [InlineData(Family.Unix, 1448, Call.Async)]
    [InlineData(Family.Unix, 1, Call.Sync)]
    [InlineData(Family.Unix, 1, Call.Async)]
    public async Task Small_segments_fill_the_slots(Family family, int segment, Call call)
    {
        const int Segments = 40; // More than there are slots, fewer than a unix socket holds.
        using SocketPair pair = SocketPair.Connect(family);
        using Pipe pipe = Pipe.Create();
        for (int i = 0; i < Segments; i++)
        {
            pair.Far.Send(Pattern.Default.Slice(i * segment, segment).Span);
        }

        pair.Far.Shutdown(SocketShutdown.Send);
        Task<TransferResult> copier = PipePeer.ReadFrom(call, pipe, pair.Near);
        await Task.Delay(PipePeer.ParkMs);
        Assert.Equal(Segments * segment, await PipePeer.Read(pipe, chunk: 700).Within("the reader"));
        Assert.Equal(Segments * segment, (await copier.Within("the copier")).BytesWritten);
    }

    // Large packets overfill it: more bytes in the pipe than its size.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.FamiliesCalls), MemberType = typeof(PipeMatrix))]
    public async Task Large_packets_overfill_the_slots(Family family, Call call)
    {
        const int Total = 5_000_011;
        using SocketPair pair = SocketPair.Connect(family);
        using Pipe pipe = Pipe.Create();
        Task<long> writer = Peer.Write(pair.Far, Total, chunk: 1 << 20);
        Task<TransferResult> copier = PipePeer.ReadFrom(call, pipe, pair.Near);
        byte[] buffer = new byte[30_000];
        int most = 0;
        long done = 0;
        for (int count; (count = await pipe.ReadAsync(buffer)) > 0; done += count)
        {
            Pattern.Default.AssertEqual(buffer.AsSpan(0, count), done);
            most = Math.Max(most, pipe.Available);
        }

        Assert.Equal((Total, Total), (done, (await copier.Within("the copier")).BytesWritten));
        Assert.Equal(Total, await writer.Within("the writer"));
        if (pipe.IsKernelPipe)
        {
            Assert.True(most > pipe.Capacity, $"{most} bytes at most: this tests nothing");
        }
    }
}

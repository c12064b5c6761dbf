// Messages, pauses and odd segments: whatever the timing, every byte arrives in order.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Transfers;

public sealed class StreamingTests
{
    private const int Mib = 1 << 20;

    /// <summary>When the reader reads.</summary>
    public enum Reader
    {
        Eager,
        Late,
        Absent,
    }

    public static TheoryData<Reader, TransferMode, Call> Readers { get; } =
        new MatrixTheoryData<Reader, TransferMode, Call>(
        Enum.GetValues<Reader>(), Matrix.Modes, Enum.GetValues<Call>());

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.All), MemberType = typeof(Matrix))]
    [Cases("X-01")]
    public async Task A_second_message_after_a_pause_arrives(
        Family source, Family destination, TransferMode mode, Call call)
    {
        using Rig rig = new(source, destination);
        Task<TransferResult> transfer = rig.Start(call, new TransferOptions { Mode = mode });

        rig.Writer.Send("hello"u8);
        byte[] first = await Peer.ReadExactly(rig.Reader, 5).Within("the first message", 2000);
        await Task.Delay(50);
        Assert.False(transfer.IsCompleted, "it returned after the first message");
        rig.Writer.Send("world"u8);
        byte[] second = await Peer.ReadExactly(rig.Reader, 5).Within("the second message", 2000);
        rig.Writer.Shutdown(SocketShutdown.Send);

        ResultAssert.Moved(await transfer.Within("the transfer"), 10, mode);
        Assert.Equal("helloworld"u8.ToArray(), first.Concat(second));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Readers))]
    [Cases("X-02")]
    public async Task Messages_with_pauses_arrive_whenever_the_reader_reads(Reader kind, TransferMode mode, Call call)
    {
        const int Total = 4 * 5000;
        using Rig rig = new(Family.Tcp, Family.Unix);
        Task<Received>? reader = kind == Reader.Eager ? Peer.Read(rig.Reader) : null;
        Task<TransferResult> transfer = rig.Start(call, new TransferOptions { Mode = mode });
        Task<long> writer = Peer.Write(rig.Writer, Total, chunk: 5000, pauseMs: 60);
        if (kind == Reader.Late)
        {
            await Task.Delay(100);
            reader = Peer.Read(rig.Reader);
        }

        // What the sockets can hold, the transfer delivers without any reader.
        ResultAssert.Moved(await transfer.Within("the transfer"), Total, mode);
        rig.Destination.Shutdown(SocketShutdown.Send);
        await Peer.AssertAll(Total, writer, reader ?? Peer.Read(rig.Reader));
    }

    // 16 segments of 700 bytes fill the slots of a small pipe long before its bytes: capacity is not a number of bytes.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.All), MemberType = typeof(Matrix))]
    public async Task Four_hundred_small_segments_queued_before_the_start_arrive(
        Family source, Family destination, TransferMode mode, Call call)
    {
        const int Segments = 400;
        const int Total = Segments * 700;
        using Rig rig = new(source, destination);
        if (source == Family.Tcp)
        {
            rig.Source.ReceiveBufferSize = 2 * Mib;
            rig.Writer.SendBufferSize = 2 * Mib;
        }

        // Not every socket can hold them all; those that wait are sent as soon as there is room.
        Task<long> writer = Peer.Write(rig.Writer, Total, chunk: 700);
        await Task.WhenAny(writer, Task.Delay(150));
        Assert.True(writer.IsCompleted || source == Family.Unix, "two TCP buffers of 2 MiB hold them all");

        Task<TransferResult> transfer = rig.Start(call, new TransferOptions { Mode = mode });
        Task<Received> reader = Peer.Read(rig.Reader);

        ResultAssert.Moved(await transfer.Within("the transfer"), Total, mode);
        rig.Destination.Shutdown(SocketShutdown.Send);
        await Peer.AssertAll(Total, writer, reader);
    }

    // Splice and recv take turns as pieces grow and shrink: no byte may overtake another.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.PairsCalls), MemberType = typeof(Matrix))]
    public async Task Large_and_small_pieces_in_turn_keep_their_order(Family source, Family destination, Call call)
    {
        int[] pieces = [1, 300_000, 17, 65_536, 65_535, 1, 2_000_000, 700, 131_072, 5];
        using Rig rig = new(source, destination);
        Task<TransferResult> transfer = rig.Start(call);
        Task<Received> reader = Peer.Read(rig.Reader);

        long sent = 0;
        foreach (int piece in pieces)
        {
            sent += await Peer.Write(rig.Writer, piece, chunk: piece, start: sent, finish: false).Within("the writer");
            await Task.Delay(20);
        }

        rig.Writer.Shutdown(SocketShutdown.Send);
        TransferResult result = await transfer.Within("the transfer");
        ResultAssert.Moved(result, pieces.Sum(), TransferMode.Auto);
        Assert.True(!Platform.HasKernel || result.BytesSpliced > 1_000_000,
            $"only {result.BytesSpliced} bytes of a large stream were spliced");
        Assert.True(result.BytesBuffered >= 700 + 17 + 5 + 2, $"only {result.BytesBuffered} bytes were copied");
        rig.Destination.Shutdown(SocketShutdown.Send);
        await Peer.AssertAll(sent, Task.FromResult(sent), reader);
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.ModesCalls), MemberType = typeof(Matrix))]
    public async Task Bytes_behind_a_passed_descriptor_arrive(TransferMode mode, Call call)
    {
        const int Part = 40_000;
        using Rig rig = new(Family.Unix, Family.Tcp);
        rig.Writer.Send(Pattern.Default.Slice(0, Part).Span);
        Assert.Equal(Part, Libc.SendWithDescriptor(rig.Writer, Pattern.Default.Slice(Part, Part).Span, descriptor: 0));
        rig.Writer.Send(Pattern.Default.Slice(2 * Part, Part).Span);
        Task<Received> reader = Peer.Read(rig.Reader);
        Task<TransferResult> transfer = rig.Start(call, new TransferOptions { Mode = mode });

        // They arrive while the stream is open: an end of stream is not what brings them.
        Assert.Equal(3 * Part, await Arrived(rig, 3 * Part));
        Assert.Equal(
            Part, Libc.SendWithDescriptor(rig.Writer, Pattern.Default.Slice(3 * Part, Part).Span, descriptor: 0));
        rig.Writer.Shutdown(SocketShutdown.Send);

        ResultAssert.Moved(await transfer.Within("the transfer"), 4 * Part, mode);
        rig.Destination.Shutdown(SocketShutdown.Send);
        await Peer.AssertAll(4 * Part, Task.FromResult(4L * Part), reader);

        async Task<long> Arrived(Rig rig, long expected)
        {
            await Deadline.Until("the bytes are taken", () => rig.Source.Available == 0, 5000);
            await Deadline.Until("the bytes are read", () => rig.Reader.Available == 0, 5000);
            return expected;
        }
    }
}

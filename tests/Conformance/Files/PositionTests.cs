// A FileStream goes on where the transfer stopped, as if it had read or written the bytes itself.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Files;

public sealed class PositionTests
{
    private const int Bytes = 200_003;

    /// <summary>Buffers of a stream: none, the least, the default, more than the file.</summary>
    public static TheoryData<int, TransferMode, Call> Buffers { get; } =
        new MatrixTheoryData<int, TransferMode, Call>(
            [0, 1, 4096, 1 << 20], Matrix.Modes, Enum.GetValues<Call>());

    public static TheoryData<FileOptions, Place, Call> Options { get; } =
        new MatrixTheoryData<FileOptions, Place, Call>(
            [
                FileOptions.None, FileOptions.Asynchronous, FileOptions.WriteThrough, FileOptions.SequentialScan,
                FileOptions.RandomAccess, FileOptions.DeleteOnClose,
            ],
            FileMatrix.Places,
            Enum.GetValues<Call>());

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Buffers))]
    public async Task What_was_read_ahead_is_sent_too(int bufferBytes, TransferMode mode, Call call)
    {
        using PlacedFile file = PlacedFile.OfPattern(Place.Disk, Bytes);
        using FileStream stream = file.Open(FileAccess.Read, bufferBytes);
        byte[] head = new byte[10];
        stream.ReadExactly(head);
        using SocketPair pair = SocketPair.Tcp();
        Task<Received> reader = Peer.Read(pair.Far, start: 10);
        TransferOptions options = new() { Mode = mode, LimitBytes = 100_000 };
        TransferResult result = await Rig.Start(call, stream, pair.Near, options).Within("the transfer");
        FileAssert.Moved(result, 100_000, TransferMechanism.Sendfile, mode);
        Assert.Equal(100_010, stream.Position);
        byte[] next = new byte[1000];
        stream.ReadExactly(next);
        Pattern.Default.AssertEqual(next, 100_010);
        pair.Near.Shutdown(SocketShutdown.Send);
        Assert.Equal(new Received(100_000, SocketError.Success), await reader.Within("the reader"));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Buffers))]
    public async Task What_was_not_flushed_is_sent_too(int bufferBytes, TransferMode mode, Call call)
    {
        using PlacedFile file = PlacedFile.OfPattern(Place.Memory, Bytes);
        using FileStream stream = file.Open(bufferBytes: bufferBytes);
        stream.Position = Bytes - 3;
        stream.Write("new tail"u8);
        long end = stream.Position;
        stream.Position = Bytes - 3;
        stream.Write("NEW"u8);
        using SocketPair pair = SocketPair.Tcp();
        TransferResult result = await Rig.Start(call, stream, pair.Near, new TransferOptions { Mode = mode })
            .Within("the transfer");
        Assert.Equal((5, end), (result.BytesWritten, stream.Position));
        Assert.Equal(" tail"u8.ToArray(), await Peer.ReadExactly(pair.Far, 5).Within("the reader"));
        stream.Position = 0;
        result = await Rig.Start(call, stream, Stream.Null, TransferOptionsFor(mode)).Within("all of it");
        Assert.Equal((end, end), (result.BytesWritten, stream.Position));
        Assert.Equal("NEW tail"u8, file.ReadBytes().AsSpan(Bytes - 3));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Buffers))]
    public async Task Between_two_streams_that_are_used_before_and_after(int bufferBytes, TransferMode mode, Call call)
    {
        byte[] old = new byte[Bytes];
        using PlacedFile from = PlacedFile.OfPattern(Place.Disk, Bytes);
        using PlacedFile to = new(Place.Disk, old);
        using FileStream source = from.Open(bufferBytes: bufferBytes);
        using FileStream destination = to.Open(bufferBytes: bufferBytes);
        Assert.Equal(0, destination.ReadByte()); // Reads ahead what will be overwritten.
        source.Seek(7, SeekOrigin.Begin);
        destination.Write("head"u8);
        TransferOptions options = new() { Mode = mode, LimitBytes = 5000 };
        TransferResult result = await Rig.Start(call, source, destination, options).Within("the transfer");
        FileAssert.Moved(result, 5000, TransferMechanism.CopyFileRange, mode);
        Assert.Equal((5007, 5005), (source.Position, destination.Position));
        destination.Write("tail"u8);
        destination.Position = 0;
        byte[] all = new byte[5010];
        destination.ReadExactly(all);
        Assert.Equal("\0head"u8, all.AsSpan(0, 5));
        Pattern.Default.AssertEqual(all.AsSpan(5, 5000), 7);
        Assert.Equal("tail\0"u8, all.AsSpan(5005));
        Assert.Equal(Bytes, destination.Length);
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Options))]
    public async Task Every_kind_of_stream(FileOptions options, Place place, Call call)
    {
        using PlacedFile from = PlacedFile.OfPattern(place, Bytes);
        using PlacedFile to = new(place);
        using FileStream source = from.Open(options: options);
        using FileStream destination = to.Open(options: options);
        TransferResult result = await Rig.Start(call, source, destination).Within("the transfer");
        FileAssert.Moved(result, Bytes, TransferMechanism.CopyFileRange, TransferMode.Auto);
        Assert.Equal((Bytes, Bytes), (source.Position, destination.Position));
        Pattern.Default.AssertEqual(to.ReadBytes());
    }

    // A stream made of a handle that has a position.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(FileMatrix.PlacesModesCalls), MemberType = typeof(FileMatrix))]
    public async Task A_stream_over_a_handle(Place place, TransferMode mode, Call call)
    {
        using PlacedFile file = PlacedFile.OfPattern(place, 1000);
        using Microsoft.Win32.SafeHandles.SafeFileHandle handle = file.OpenHandle();
        HandleState.Seek(handle, 300);
        using FileStream stream = new(handle, FileAccess.ReadWrite);
        using SocketPair pair = SocketPair.Unix();
        TransferOptions options = new() { Mode = mode, LimitBytes = 500 };
        TransferResult result = await Rig.Start(call, stream, pair.Near, options).Within("the transfer");
        FileAssert.Moved(result, 500, TransferMechanism.Sendfile, mode);
        Pattern.Default.AssertEqual(await Peer.ReadExactly(pair.Far, 500).Within("the reader"), 300);
        Assert.Equal((800, 800), (stream.Position, HandleState.PositionOf(handle)));
    }

    // A derived stream may change its bytes, so it is read itself.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(FileMatrix.Calls), MemberType = typeof(FileMatrix))]
    public async Task A_derived_stream_is_read_itself(Call call)
    {
        using PlacedFile file = PlacedFile.OfPattern(Place.Disk, 1000);
        using Inverted stream = new(file.Path);
        using SocketPair pair = SocketPair.Unix();
        TransferResult result = await Rig.Start(call, stream, pair.Near).Within("the transfer");
        FileAssert.Moved(result, 1000, TransferMechanism.ReadWrite, TransferMode.Auto);
        byte[] got = await Peer.ReadExactly(pair.Far, 1000).Within("the reader");
        Pattern.Default.AssertEqual(Array.ConvertAll(got, static value => (byte)~value));
    }

    private static TransferOptions TransferOptionsFor(TransferMode mode)
        => new() { Mode = mode == TransferMode.RequireZeroCopy ? TransferMode.Auto : mode };

    private sealed class Inverted(string path) : FileStream(path, FileMode.Open, FileAccess.Read)
    {
        public override int Read(Span<byte> buffer)
        {
            byte[] bytes = new byte[buffer.Length];
            int count = base.Read(bytes, 0, bytes.Length);
            for (int i = 0; i < count; i++)
            {
                buffer[i] = (byte)~bytes[i];
            }

            return count;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            => ValueTask.FromResult(Read(buffer.Span));
    }
}

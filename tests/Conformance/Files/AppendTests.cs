// O_APPEND at either end. .NET's FileMode.Append is none; a shell's >> is, and whoever shares the descriptor may set
// it.
using Microsoft.Win32.SafeHandles;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Files;

[Cases("X-05")]
public sealed class AppendTests
{
    /// <summary>Zero copy is refused, see below.</summary>
    public static TheoryData<Place, TransferMode, Call> Rows { get; } =
        new MatrixTheoryData<Place, TransferMode, Call>(
            FileMatrix.Places, [TransferMode.Auto, TransferMode.CopyOnly], Enum.GetValues<Call>());

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    [Cases("GO-66", "GO-105")]
    public async Task A_file_is_appended_to_another(Place place, TransferMode mode, Call call)
    {
        using PlacedFile from = new(place, " gopher"u8);
        using PlacedFile to = new(place, "hello"u8);
        using FileStream stream = from.Open(FileAccess.Read);
        using SafeFileHandle handle = to.OpenHandle();
        HandleState.SetFlags(handle, HandleState.FlagsOf(handle) | StatusFlags.Append);
        foreach (long? limit in (long?[])[null, 3, 100])
        {
            stream.Position = 0;
            TransferOptions options = new() { Mode = mode, LimitBytes = limit };
            TransferResult result = await Rig.Start(call, stream, handle, options).Within("the transfer");
            long moved = Math.Min(7, limit ?? 7);
            FileAssert.Moved(result, moved, TransferMechanism.ReadWrite, mode);
            FileAssert.Ended(result, 7, limit);
            Assert.Equal(moved, stream.Position);
        }

        Assert.Equal("hello gopher go gopher"u8.ToArray(), to.ReadBytes());
    }

    // Position says where the stream would go on; with O_APPEND that is the end whatever it was before.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    public async Task A_socket_is_appended(Place place, TransferMode mode, Call call)
    {
        const int Bytes = 300_000;
        using PlacedFile to = new(place, "hello"u8);
        using FileStream stream = to.Open();
        HandleState.SetFlags(
            stream.SafeFileHandle, HandleState.FlagsOf(stream.SafeFileHandle) | StatusFlags.Append);
        stream.Position = 2;
        using SocketPair pair = SocketPair.Tcp();
        Task<long> writer = Peer.Write(pair.Far, Bytes);
        TransferOptions options = new() { Mode = mode, LimitBytes = 200_000 };
        TransferResult first = await Rig.Start(call, pair.Near, stream, options).Within("with a limit");
        FileAssert.Moved(first, 200_000, TransferMechanism.ReadWrite, mode);
        TransferResult second = await Rig.Start(call, pair.Near, stream, new TransferOptions { Mode = mode })
            .Within("the rest");
        FileAssert.Moved(second, 100_000, TransferMechanism.ReadWrite, mode);
        Assert.Equal((5 + Bytes, 5 + Bytes), (stream.Position, stream.Length));
        byte[] all = to.ReadBytes();
        Assert.Equal("hello"u8, all.AsSpan(0, 5));
        Pattern.Default.AssertEqual(all.AsSpan(5));
        Assert.Equal(Bytes, await writer.Within("the writer"));
    }

    // For reading the flag means nothing: the position is where it is read.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(FileMatrix.PlacesModesCalls), MemberType = typeof(FileMatrix))]
    public async Task A_source_that_appends_is_read_where_it_is(Place place, TransferMode mode, Call call)
    {
        using PlacedFile file = new(place, "Produced by someone"u8);
        using FileStream stream = file.Open();
        using SafeFileHandle handle = file.OpenHandle();
        HandleState.SetFlags(
            stream.SafeFileHandle, HandleState.FlagsOf(stream.SafeFileHandle) | StatusFlags.Append);
        HandleState.SetFlags(handle, HandleState.FlagsOf(handle) | StatusFlags.Append);
        foreach (TransferEndpoint source in (TransferEndpoint[])[stream, handle])
        {
            using SocketPair pair = SocketPair.Tcp();
            for (int part = 0; part < 3; part++)
            {
                TransferOptions options = new() { Mode = mode, LimitBytes = 3 };
                TransferResult result = await Rig.Start(call, source, pair.Near, options).Within("a part");
                FileAssert.Moved(result, 3, TransferMechanism.Sendfile, mode);
            }

            Assert.Equal("Produced "u8.ToArray(), await Peer.ReadExactly(pair.Far, 9).Within("the reader"));
        }

        Assert.Equal((9, 9), (stream.Position, HandleState.PositionOf(handle)));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(FileMatrix.PlacesModesCalls), MemberType = typeof(FileMatrix))]
    public async Task A_destination_that_fails_is_told_from_a_source_that_appends(
        Place place, TransferMode mode, Call call)
    {
        using PlacedFile file = PlacedFile.OfPattern(place, 1 << 20);
        using FileStream stream = file.Open();
        HandleState.SetFlags(
            stream.SafeFileHandle, HandleState.FlagsOf(stream.SafeFileHandle) | StatusFlags.Append);
        using SocketPair pair = SocketPair.Connect(Family.Tcp, bufferBytes: 16 * 1024);
        Task<TransferResult> transfer = Rig.Start(call, stream, pair.Near, new TransferOptions { Mode = mode });
        await Deadline.Until("it writes", () => pair.Far.Available > 0);
        SocketPair.Reset(pair.Far);
        TransferException thrown = await Assert.ThrowsAsync<TransferException>(() => transfer.Within("the reset"));
        Assert.Equal(TransferSide.Destination, thrown.Side);
        Assert.True(thrown.Error is Libc.EConnReset or Libc.EPipe, $"{thrown}");
    }

    [KernelOnly(Why.Mechanism)]
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(FileMatrix.PlacesCalls), MemberType = typeof(FileMatrix))]
    public async Task Zero_copy_is_refused(Place place, Call call)
    {
        using PlacedFile from = new(place, " gopher"u8);
        using PlacedFile to = new(place, "hello"u8);
        using SafeFileHandle source = from.OpenHandle();
        using SafeFileHandle handle = to.OpenHandle();
        HandleState.SetFlags(handle, HandleState.FlagsOf(handle) | StatusFlags.Append);
        NotSupportedException thrown = await Assert.ThrowsAsync<NotSupportedException>(() => Rig.Start(
            call, source, handle, new TransferOptions { Mode = TransferMode.RequireZeroCopy }).Within("the refusal"));
        Assert.Contains("O_APPEND", thrown.Message, StringComparison.Ordinal);
        Assert.Equal("hello"u8.ToArray(), to.ReadBytes());
        Assert.Equal(0, HandleState.PositionOf(source));
    }

    // FileMode.Append begins at the end, is moved by the kernel, and what the stream writes next is behind it.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(FileMatrix.PlacesModesCalls), MemberType = typeof(FileMatrix))]
    public async Task The_append_mode_of_a_stream(Place place, TransferMode mode, Call call)
    {
        const int Bytes = 100_000;
        using PlacedFile from = PlacedFile.OfPattern(place, Bytes);
        using PlacedFile to = new(place, "hello"u8);
        using FileStream source = from.Open(FileAccess.Read);
        using FileStream destination = to.Open(FileAccess.Write, mode: FileMode.Append);
        destination.Write("+"u8);
        TransferResult result = await Rig.Start(call, source, destination, new TransferOptions { Mode = mode })
            .Within("the transfer");
        FileAssert.Moved(result, Bytes, TransferMechanism.CopyFileRange, mode);
        Assert.Equal(6 + Bytes, destination.Position);
        destination.Write("!"u8);
        destination.Flush();
        byte[] all = to.ReadBytes();
        Assert.Equal("hello+"u8, all.AsSpan(0, 6));
        Pattern.Default.AssertEqual(all.AsSpan(6, Bytes));
        Assert.Equal("!"u8, all.AsSpan(6 + Bytes));
    }
}

// Where the kernel moves nothing it is the same library. Found there first, these hold with the kernel as well.
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Xunit;
using Zerocopy.Conformance.Files;
using Zerocopy.Conformance.Harness;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Plain;

public sealed class SameLibraryTests
{
    private static readonly TransferOptions s_three = new() { LimitBytes = 3 };

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(FileMatrix.Calls), MemberType = typeof(FileMatrix))]
    [Cases("F-30")]
    public async Task Copies_out_of_a_handle_go_on_where_the_last_one_ended(Call call)
    {
        using PlacedFile file = new(Place.Disk, "abc012xyz!"u8);
        using SafeFileHandle handle = file.OpenHandle(FileAccess.Read);
        using MemoryStream copy = new();
        foreach (int count in (int[])[3, 3, 3, 1, 0])
        {
            TransferResult result = await Rig.Start(call, handle, copy, s_three).Within("a part");
            Assert.Equal((count, count), (result.BytesWritten, result.BytesConsumed));
        }

        Assert.Equal("abc012xyz!"u8.ToArray(), copy.ToArray());
        Assert.Equal(10, HandleState.PositionOf(handle));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(FileMatrix.Calls), MemberType = typeof(FileMatrix))]
    [Cases("F-39")]
    public async Task A_socket_by_a_files_handle_serves_again_and_again(Call call)
    {
        using Rig rig = new(Family.Tcp, Family.Unix);
        Assert.True(FdLease.TryAcquire(rig.Source.SafeHandle, out FdLease lease));
        using SafeFileHandle handle = new(lease.Raw, ownsHandle: false);
        lease.Release();
        for (int round = 0; round < 3; round++)
        {
            Task<TransferResult> transfer = Rig.Start(call, handle, rig.Destination, s_three);
            await Task.Delay(20); // It waits.
            rig.Writer.Send("abc"u8);
            Assert.Equal(3, (await transfer.Within("the transfer", 2000)).BytesWritten);
            Assert.Equal("abc"u8.ToArray(), await Peer.ReadExactly(rig.Reader, 3).Within("its bytes"));
        }
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(FileMatrix.Calls), MemberType = typeof(FileMatrix))]
    [Cases("F-41")]
    public async Task A_file_that_is_too_large_says_so(Call call)
    {
        using PlacedFile file = new(Place.Disk);
        using SafeFileHandle handle = file.OpenHandle(FileAccess.Write);
        const long Beyond = 1L << 61;
        bool isTooLarge = false;
        try
        {
            RandomAccess.Write(handle, "x"u8, Beyond);
        }
        catch (ArgumentOutOfRangeException)
        {
            isTooLarge = true; // EFBIG, as .NET has it. Some file systems take it.
        }

        using MemoryStream source = new(new byte[5]);
        Task<TransferResult> transfer = Rig.Start(call, source, TransferEndpoint.FromHandle(handle, Beyond));
        if (!isTooLarge)
        {
            Assert.Equal(5, (await transfer.Within("the transfer")).BytesWritten);
            return;
        }

        TransferException thrown = await Assert.ThrowsAsync<TransferException>(() => transfer.Within("the transfer"));
        Assert.Equal(
            (TransferSide.Destination, (int)Errno.EFBIG, 0L),
            (thrown.Side, thrown.Error, thrown.Progress.BytesWritten));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(FileMatrix.Calls), MemberType = typeof(FileMatrix))]
    [Cases("F-30")]
    public async Task Copies_into_a_handle_go_on_where_the_last_one_ended(Call call)
    {
        using PlacedFile file = new(Place.Disk);
        using SafeFileHandle handle = file.OpenHandle(FileAccess.Write);
        using MemoryStream source = new("012"u8.ToArray());
        foreach (int at in (int[])[0, 1, 2])
        {
            TransferOptions one = new() { LimitBytes = 1 };
            Assert.Equal(1, (await Rig.Start(call, source, handle, one).Within("a part")).BytesWritten);
            Assert.Equal(at + 1, HandleState.PositionOf(handle));
        }

        Assert.Equal("012"u8.ToArray(), file.ReadBytes());
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(FileMatrix.Calls), MemberType = typeof(FileMatrix))]
    [Cases("F-31")]
    public async Task What_is_appended_to_its_own_file_is_what_was_there(Call call)
    {
        const int Bytes = 300_000;
        foreach (bool isHandle in (bool[])[false, true])
        {
            using PlacedFile file = PlacedFile.OfPattern(Place.Disk, Bytes);
            using FileStream source = file.Open(FileAccess.Read);
            using FileStream destination = file.Open(FileAccess.Write, mode: FileMode.Append);
            TransferEndpoint from = isHandle ? source.SafeFileHandle : source;
            TransferResult result = await Rig.Start(call, from, destination).Within("the transfer");
            Assert.Equal((Bytes, TransferEnd.EndOfStream), (result.BytesWritten, result.EndedBy));
            destination.Flush();
            byte[] all = file.ReadBytes();
            Assert.Equal(2 * Bytes, all.Length);
            Pattern.Default.AssertEqual(all.AsSpan(0, Bytes));
            Pattern.Default.AssertEqual(all.AsSpan(Bytes));
        }
    }

    // The reader takes nothing until the file has been cut.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(FileMatrix.Calls), MemberType = typeof(FileMatrix))]
    [Cases("F-32")]
    public async Task A_file_that_is_cut_short_while_it_is_sent_is_told(Call call)
    {
        const int Bytes = 20_000_000;
        using PlacedFile file = PlacedFile.OfPattern(Place.Disk, Bytes);
        using FileStream stream = file.Open();
        using SocketPair pair = SocketPair.Connect(Family.Tcp, bufferBytes: 16 * 1024);
        Task<TransferResult> transfer = Rig.Start(call, stream, pair.Near);
        await Deadline.Until("it sends", () => pair.Far.Available > 0);
        using (FileStream other = file.Open())
        {
            other.SetLength(1000);
        }

        Task<byte[]> reader = Peer.ReadAll(pair.Far); // What the kernel had not sent yet is cut too: it is zeros.
        TransferException thrown = await Assert.ThrowsAsync<TransferException>(() => transfer.Within("the cut"));
        Assert.Equal(TransferSide.Source, thrown.Side);
        Assert.Contains("truncated", thrown.Message, StringComparison.Ordinal);
        pair.Near.Shutdown(SocketShutdown.Send);
        Assert.Equal(thrown.Progress.BytesWritten, (await reader.Within("the reader")).Length);
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.PairsCalls), MemberType = typeof(Matrix))]
    [Cases("F-33")]
    public async Task A_socket_that_does_not_block_is_as_good(Family source, Family destination, Call call)
    {
        const int Bytes = 2_000_003;
        using Rig rig = new(source, destination, bufferBytes: 16 * 1024);
        rig.Source.Blocking = rig.Destination.Blocking = false;
        Task<TransferResult> transfer = rig.Start(call);
        await Task.Delay(20); // It waits for the first byte.
        Task<long> writer = Peer.Write(rig.Writer, Bytes);
        await Task.Delay(20); // And for room.
        Task<Received> reader = Peer.Read(rig.Reader);
        TransferResult result = await transfer.Within("the transfer");
        ResultAssert.Moved(result, Bytes, TransferMode.Auto);
        Assert.False(rig.Source.Blocking || rig.Destination.Blocking);
        rig.Destination.Shutdown(SocketShutdown.Send);
        await Peer.AssertAll(Bytes, writer, reader);
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.Pairs), MemberType = typeof(Matrix))]
    [Cases("F-33")]
    public async Task Sockets_that_do_not_block_are_relayed(Family left, Family right)
    {
        const int Bytes = 700_001;
        using Rig rig = new(left, right);
        rig.Source.Blocking = rig.Destination.Blocking = false;
        Task<long> leftWriter = Peer.Write(rig.Writer, Bytes);
        Task<long> rightWriter = Peer.Write(rig.Reader, Bytes, pattern: Pattern.Other);
        Task<Received> leftReader = Peer.Read(rig.Writer, pattern: Pattern.Other);
        Task<Received> rightReader = Peer.Read(rig.Reader);
        RelayResult result = await Relay.RunAsync(rig.Source, rig.Destination).Within("the relay");
        Assert.Equal((RelayEnd.EndOfStream, (long)Bytes, (long)Bytes),
            (result.EndedBy, result.LeftToRight.BytesWritten, result.RightToLeft.BytesWritten));
        await Peer.AssertAll(Bytes, leftWriter, rightReader);
        await Peer.AssertAll(Bytes, rightWriter, leftReader);
    }

    // For .NET such a socket is not connected any more.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.PairsCalls), MemberType = typeof(Matrix))]
    [Cases("F-34")]
    public async Task A_socket_that_was_shut_down_for_sending_is_still_read(
        Family source, Family destination, Call call)
    {
        using Rig rig = new(source, destination);
        rig.Source.Shutdown(SocketShutdown.Send);
        rig.Writer.Send("answer"u8);
        rig.Writer.Shutdown(SocketShutdown.Send);
        TransferResult result = await rig.Start(call).Within("the transfer");
        ResultAssert.Moved(result, 6, TransferMode.Auto);
        Assert.Equal("answer"u8.ToArray(), await Peer.ReadExactly(rig.Reader, 6).Within("the reader"));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(FileMatrix.Calls), MemberType = typeof(FileMatrix))]
    [Cases("F-35")]
    public async Task A_handle_that_is_open_the_other_way_is_refused(Call call)
    {
        using PlacedFile file = new(Place.Disk, "as it was"u8);
        using SafeFileHandle forReading = file.OpenHandle(FileAccess.Read);
        using SafeFileHandle forWriting = file.OpenHandle(FileAccess.Write);
        using MemoryStream memory = new(new byte[10]);
        using Socket listener = SocketPair.Listen(Family.Tcp, out _);
        using Socket datagrams = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        (TransferEndpoint Source, TransferEndpoint Destination, string Wrong)[] calls =
        [
            (memory, forReading, "destination"), (forWriting, memory, "source"),
            (memory, TransferEndpoint.FromHandle(forReading, 3), "destination"),
            (TransferEndpoint.FromHandle(forWriting, 3), memory, "source"),
            (memory, listener, "destination"), (listener, memory, "source"),
            (memory, datagrams, "destination"), (datagrams.SafeHandle, memory, "source"),
            (TransferEndpoint.FromHandle(listener.SafeHandle, 0), memory, "source"),
        ];
        foreach ((TransferEndpoint source, TransferEndpoint destination, string wrong) in calls)
        {
            Assert.Equal(wrong, (await Assert.ThrowsAsync<ArgumentException>(
                () => Rig.Start(call, source, destination).Within("the refusal"))).ParamName);
        }

        Assert.Equal((0L, "as it was"), (memory.Position, System.Text.Encoding.ASCII.GetString(file.ReadBytes())));
    }

    // A send that takes a part counts that part: what the peer got and what was not delivered is all there was.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.PairsCalls), MemberType = typeof(Matrix))]
    [Cases("F-36")]
    public async Task Every_byte_is_accounted_for_when_the_reader_stalls(Family source, Family destination, Call call)
    {
        using Rig rig = new(source, destination, bufferBytes: 16 * 1024);
        using CancellationTokenSource cancel = new();
        Task<long> writer = Peer.Write(rig.Writer, 3_000_000);
        Task<TransferResult> transfer = rig.Start(
            call, new TransferOptions { KeepUndelivered = true }, cancel.Token);
        await Deadline.Until("it is full", () => rig.Reader.Available > 0);
        await Task.Delay(50);
        await cancel.CancelAsync();
        TransferCanceledException thrown = await Assert.ThrowsAsync<TransferCanceledException>(
            () => transfer.Within("the cancel"));
        Assert.Equal(
            thrown.Progress.BytesConsumed - thrown.Progress.BytesWritten, thrown.Undelivered.Length);
        Pattern.Default.AssertEqual(thrown.Undelivered.Span, thrown.Progress.BytesWritten);
        Task<Received> reader = Peer.Read(rig.Reader);
        TransferResult rest = await rig.Start(call, new TransferOptions { Prefix = thrown.Undelivered })
            .Within("the rest");
        Assert.Equal(3_000_000, thrown.Progress.BytesWritten + rest.BytesWritten);
        rig.Destination.Shutdown(SocketShutdown.Send);
        await Peer.AssertAll(3_000_000, writer, reader);
    }

    // The portable half of the judgement, which Linux does not need.
    [Fact]
    [Cases("F-37")]
    public void What_dotnet_knows_of_a_file_is_what_the_kernel_knows()
    {
        using PlacedFile file = new(Place.Disk, "0123456789"u8);
        using SafeFileHandle handle = file.OpenHandle();
        HandleState.Seek(handle, 7);
        foreach (long offset in (long[])[-1, 0, 4])
        {
            Endpoint kernel = DescriptorProbe.Prepare(handle, offset, EndpointResolver.Use.Read, "source");
            Endpoint dotnet = PlainProbe.PrepareFile(handle, offset, EndpointResolver.Use.Read);
            Assert.Equal((EndpointKind.RegularFile, kernel.Offset, kernel.Size, kernel.MovesPosition),
                (dotnet.Kind, dotnet.Offset, dotnet.Size, dotnet.MovesPosition));
        }

        PlainProbe.Seek(handle, 2);
        Assert.Equal(2, HandleState.PositionOf(handle));
        using ForeignPipe pipe = ForeignPipe.Open(PipeForm.Blocking);
        Assert.Equal(EndpointKind.Stream, PlainProbe.PrepareFile(
            (System.Runtime.InteropServices.SafeHandle)pipe.ReadEnd.Value!, -1, EndpointResolver.Use.Read).Kind);
    }
}

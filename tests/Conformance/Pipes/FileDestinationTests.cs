// Into a FileStream: the bytes are where its Position says, and it goes on as if it had written them itself.
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Pipes;

public sealed class FileDestinationTests
{
    private const int Bytes = 200_003;

    /// <summary>Sources that a kernel can move into a file, by either call, and streams that read ahead or do
    /// not.</summary>
    public static TheoryData<EndKind, Call, int> Rows { get; } = new(
        from source in (EndKind[])[EndKind.Pipe, EndKind.Tcp, EndKind.Unix]
        from call in Enum.GetValues<Call>()
        from bufferBytes in (int[])[0, 4096]
        select new TheoryDataRow<EndKind, Call, int>(source, call, bufferBytes));

    // What the stream has written but not flushed stays in front of what is moved, and what it writes next comes after.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    public async Task Position_is_right_before_and_afterwards(EndKind source, Call call, int bufferBytes)
    {
        using PipeRig rig = new(source, EndKind.Stream);
        using TempFile file = new();
        using FileStream stream = Open(file, FileMode.Open, bufferBytes, call);
        stream.Write("head"u8);
        Task<long> writer = rig.Feed(Bytes);
        TransferResult result = await Rig.Start(call, rig.Source, stream).Within("the transfer");
        Routes.AssertMoved(result, Bytes, Routes.Of(source, EndKind.File));
        Assert.Equal(4 + Bytes, stream.Position);
        stream.Write("tail"u8);
        stream.Flush();
        Assert.Equal(8 + Bytes, stream.Position);

        byte[] all = file.ReadBytes();
        Assert.Equal(8 + Bytes, all.Length);
        Assert.Equal("head"u8, all.AsSpan(0, 4));
        Pattern.Default.AssertEqual(all.AsSpan(4, Bytes));
        Assert.Equal("tail"u8, all.AsSpan(4 + Bytes));
        await writer.Within("the writer");
    }

    // Into the middle, after reads that fetched more than was asked for.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    public async Task What_was_read_ahead_is_not_shown_again(EndKind source, Call call, int bufferBytes)
    {
        byte[] old = new byte[10_000];
        Array.Fill(old, (byte)'o');
        using PipeRig rig = new(source, EndKind.Stream);
        using TempFile file = new(old);
        using FileStream stream = Open(file, FileMode.Open, bufferBytes, call);
        stream.ReadExactly(new byte[10]);
        Task<long> writer = rig.Feed(100);
        TransferResult result = await Rig.Start(call, rig.Source, stream).Within("the transfer");
        Assert.Equal((100, 110), (result.BytesWritten, stream.Position));

        byte[] next = new byte[20];
        stream.ReadExactly(next);
        Assert.Equal(old.AsSpan(0, 20), next.AsSpan());
        stream.Position = 0;
        byte[] all = new byte[old.Length];
        stream.ReadExactly(all);
        Assert.Equal(old.Length, stream.Length);
        Pattern.Default.AssertEqual(all.AsSpan(10, 100));
        Assert.Equal(old.AsSpan(0, 10), all.AsSpan(0, 10));
        Assert.Equal(old.AsSpan(110), all.AsSpan(110));
        await writer.Within("the writer");
    }

    // FileMode.Append is .NET's own: the file is not opened with O_APPEND.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    [Cases("X-05")]
    public async Task A_stream_that_appends(EndKind source, Call call, int bufferBytes)
    {
        using PipeRig rig = new(source, EndKind.Stream);
        using TempFile file = new("there "u8);
        using FileStream stream = Open(file, FileMode.Append, bufferBytes, call);
        Task<long> writer = rig.Feed(Bytes);
        TransferResult result = await Rig.Start(call, rig.Source, stream).Within("the transfer");
        Routes.AssertMoved(result, Bytes, Routes.Of(source, EndKind.File));
        Assert.Equal(6 + Bytes, stream.Position);
        byte[] all = file.ReadBytes();
        Assert.Equal("there "u8, all.AsSpan(0, 6));
        Pattern.Default.AssertEqual(all.AsSpan(6));
        await writer.Within("the writer");
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    public async Task Beyond_the_end_there_is_a_hole(EndKind source, Call call, int bufferBytes)
    {
        using PipeRig rig = new(source, EndKind.Stream);
        using TempFile file = new("start"u8);
        using FileStream stream = Open(file, FileMode.Open, bufferBytes, call);
        stream.Position = 5005;
        Task<long> writer = rig.Feed(700);
        await Rig.Start(call, rig.Source, stream).Within("the transfer");
        Assert.Equal((5705, 5705), (stream.Position, stream.Length));
        byte[] all = file.ReadBytes();
        Assert.Equal(-1, all.AsSpan(5, 5000).IndexOfAnyExcept((byte)0));
        Pattern.Default.AssertEqual(all.AsSpan(5005));
        await writer.Within("the writer");
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    public async Task In_parts_one_after_the_other(EndKind source, Call call, int bufferBytes)
    {
        using PipeRig rig = new(source, EndKind.Stream);
        using TempFile file = new();
        using FileStream stream = Open(file, FileMode.Open, bufferBytes, call);
        Task<long> writer = rig.Feed(5000);
        TransferOptions options = new() { LimitBytes = 700 };
        long done = 0;
        while (done < 5000)
        {
            TransferResult result = await Rig.Start(call, rig.Source, stream, options).Within("a part");
            Assert.True(result.BytesWritten > 0, "a part of nothing");
            done += result.BytesWritten;
            Assert.Equal(done, stream.Position);
        }

        Pattern.Default.AssertEqual(file.ReadBytes());
        Assert.Equal(5000, done);
        await writer.Within("the writer");
    }

    // The source fails: what came before is in the file, and Position is after it.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.FamiliesCalls), MemberType = typeof(PipeMatrix))]
    public async Task A_source_that_fails_leaves_position_behind_what_was_written(Family family, Call call)
    {
        using SocketPair pair = SocketPair.Connect(family);
        using TempFile file = new();
        using FileStream stream = Open(file, FileMode.Open, 4096, call);
        pair.Far.Send(Pattern.Default.Slice(0, 1000).Span);
        pair.Near.Send("unread"u8);
        SocketPair.Reset(pair.Far);
        TransferException thrown = await Assert.ThrowsAsync<TransferException>(
            () => Rig.Start(call, pair.Near, stream).Within("the transfer"));
        Routes.AssertFailed(thrown, TransferSide.Source, Libc.EConnReset);
        Assert.Equal((1000, 1000), (thrown.Progress.BytesWritten, stream.Position));
        Pattern.Default.AssertEqual(file.ReadBytes());
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(EndKind.Pipe, Call.Sync)]
    [InlineData(EndKind.Pipe, Call.Async)]
    [InlineData(EndKind.Tcp, Call.Sync)]
    [InlineData(EndKind.Tcp, Call.Async)]
    public async Task A_stream_that_cannot_be_written_is_refused(EndKind source, Call call)
    {
        using PipeRig rig = new(source, EndKind.Stream);
        Task<long> writer = rig.Feed(10);
        using TempFile file = new("as it was"u8);
        using FileStream stream = new(file.Path, FileMode.Open, FileAccess.Read);
        Assert.Equal("destination", (await Assert.ThrowsAsync<ArgumentException>(
            () => Rig.Start(call, rig.Source, stream).Within("a read-only file"))).ParamName);
        FileStream closed = Open(file, FileMode.Open, 0, call);
        closed.Dispose();
        await Assert.ThrowsAnyAsync<ObjectDisposedException>(
            () => Rig.Start(call, rig.Source, closed).Within("a closed file"));
        Assert.Equal("as it was"u8.ToArray(), file.ReadBytes());
        Assert.Equal(10, (await Rig.Start(call, rig.Source, rig.Destination).Within("the bytes")).BytesWritten);
        await writer.Within("the writer");
    }

    // A derived stream may do anything with its bytes, so it gets them all through its own Write.
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(EndKind.Pipe, Call.Sync)]
    [InlineData(EndKind.Pipe, Call.Async)]
    [InlineData(EndKind.Tcp, Call.Sync)]
    [InlineData(EndKind.Tcp, Call.Async)]
    public async Task A_derived_file_stream_sees_its_bytes(EndKind source, Call call)
    {
        using PipeRig rig = new(source, EndKind.Stream);
        using TempFile file = new();
        using CountingFileStream stream = new(file.Path);
        Task<long> writer = rig.Feed(Bytes);
        TransferResult result = await Rig.Start(call, rig.Source, stream).Within("the transfer");
        Routes.AssertMoved(result, Bytes, TransferMechanism.ReadWrite);
        Assert.Equal(Bytes, stream.Count);
        Pattern.Default.AssertEqual(file.ReadBytes());
        await writer.Within("the writer");
    }

    // The file is closed while its transfer waits for the source.
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(EndKind.Pipe, Call.Sync)]
    [InlineData(EndKind.Pipe, Call.Async)]
    [InlineData(EndKind.Tcp, Call.Sync)]
    [InlineData(EndKind.Tcp, Call.Async)]
    public async Task Disposing_the_file_ends_its_transfer(EndKind source, Call call)
    {
        using PipeRig rig = new(source, EndKind.Stream);
        using TempFile file = new();
        using FileStream stream = Open(file, FileMode.Open, 4096, call);
        Task<TransferResult> transfer = Rig.Start(call, rig.Source, stream);
        await PipePeer.AssertWaits(transfer, "the transfer");
        stream.Dispose();
        TransferDisposedException thrown = await Assert.ThrowsAsync<TransferDisposedException>(
            () => transfer.Within("the transfer", PipePeer.PromptMs));
        Assert.Equal(TransferSide.Destination, thrown.Side);
    }

    private static FileStream Open(TempFile file, FileMode mode, int bufferBytes, Call call) => new(
        file.Path,
        mode,
        mode == FileMode.Append ? FileAccess.Write : FileAccess.ReadWrite,
        FileShare.ReadWrite,
        bufferBytes,
        call == Call.Async ? FileOptions.Asynchronous : FileOptions.None);

    private sealed class CountingFileStream(string path) : FileStream(path, FileMode.Open, FileAccess.ReadWrite)
    {
        internal long Count { get; private set; }

        public override void Write(byte[] array, int offset, int count)
        {
            Count += count;
            base.Write(array, offset, count);
            Flush();
        }

        public override void Write(ReadOnlySpan<byte> buffer) => Write(buffer.ToArray(), 0, buffer.Length);

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
            => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Write(buffer.Span);
            return ValueTask.CompletedTask;
        }
    }
}

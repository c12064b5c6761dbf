// File systems that refuse to copy, or say 0, or fail: the same bytes by copying, or a clear error with exact counts.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Faults;
using Zerocopy.Conformance.Harness;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Files;

[KernelOnly(Why.Mechanism)]
[Cases("X-15")]
public sealed class FileFaultTests
{
    private const int Total = 1_000_003;
    private const int Part = 100_000;

    /// <summary>Whatever file systems answer where they cannot copy.</summary>
    public static TheoryData<Errno, int, Call> CopyRefusals { get; } = new MatrixTheoryData<Errno, int, Call>(
        [
            Errno.EINVAL, Errno.ENOSYS, Errno.EPERM, Errno.EOPNOTSUPP, Errno.EXDEV, Errno.EIO, Errno.EBADF,
            Errno.EOVERFLOW, Errno.ETXTBSY,
        ],
        [0, 3],
        Enum.GetValues<Call>());

    public static TheoryData<Errno, int, Call> SendRefusals { get; } = new MatrixTheoryData<Errno, int, Call>(
        [Errno.EINVAL, Errno.ENOSYS, Errno.EPERM, Errno.EACCES, Errno.EOPNOTSUPP, Errno.EXDEV],
        [0, 3],
        Enum.GetValues<Call>());

    public static TheoryData<int, Call> Zeros { get; } =
        new MatrixTheoryData<int, Call>([0, 3], Enum.GetValues<Call>());

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(CopyRefusals))]
    public async Task A_refused_copy_changes_the_mechanism_only(Errno error, int from, Call call)
    {
        using FileRig rig = new();
        using FaultyFiles kernel = new() { Error = (int)error, FailMovesFrom = from, BytesMax = Part };
        TransferResult result = await rig.Copy(call);
        Assert.True(kernel.HasFailed);
        Assert.Equal((from * (long)Part, Total - (from * (long)Part)),
            (result.BytesCopyFileRange, result.BytesBuffered));
        Assert.Equal(((int)error, TransferMechanism.CopyFileRange, TransferEnd.EndOfStream),
            (result.FallbackError, result.Mechanism, result.EndedBy));
        rig.AssertCopied(Total);
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(SendRefusals))]
    public async Task A_refused_sendfile_changes_the_mechanism_only(Errno error, int from, Call call)
    {
        using FileRig rig = new();
        using FaultyFiles kernel = new() { Error = (int)error, FailMovesFrom = from, BytesMax = Part };
        (TransferResult result, Received received) = await rig.Send(call);
        Assert.True(kernel.HasFailed);
        Assert.Equal(new Received(Total, SocketError.Success), received);
        Assert.Equal((Total, Total), (result.BytesConsumed, result.BytesSendfile + result.BytesBuffered));
        Assert.InRange(result.BytesSendfile, 0, from * Part);
        Assert.Equal(((int)error, TransferMechanism.Sendfile, TransferEnd.EndOfStream),
            (result.FallbackError, result.Mechanism, result.EndedBy));
        Assert.Equal(Total, rig.Source.Position);
    }

    // 0 may be the end, or a file system that cannot: one read knows.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Zeros))]
    [Cases("GO-43")]
    public async Task A_copy_of_nothing_is_looked_at(int from, Call call)
    {
        using FileRig rig = new();
        using FaultyFiles kernel = new() { FailMovesFrom = from, BytesMax = Part };
        TransferResult result = await rig.Copy(call);
        Assert.True(kernel.HasFailed);
        Assert.Equal((Total, Total, TransferEnd.EndOfStream),
            (result.BytesConsumed, result.BytesWritten, result.EndedBy));
        Assert.Equal(from * (long)Part, result.BytesCopyFileRange);
        rig.AssertCopied(Total);
        rig.Rewind();
        (TransferResult sent, Received received) = await rig.Send(call);
        Assert.Equal(new Received(Total, SocketError.Success), received);
        Assert.Equal((Total, TransferEnd.EndOfStream), (sent.BytesWritten, sent.EndedBy));
    }

    // Once is not for ever: the kernel goes on where the read stopped.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Zeros))]
    public async Task A_single_copy_of_nothing(int from, Call call)
    {
        using FileRig rig = new();
        using FaultyFiles kernel = new() { FailMovesFrom = from, FailMoves = 1, BytesMax = Part };
        TransferResult result = await rig.Copy(call);
        Assert.True(kernel.HasFailed);
        Assert.Equal((Total, TransferEnd.EndOfStream), (result.BytesWritten, result.EndedBy));
        Assert.InRange(result.BytesBuffered, 1, Part);
        rig.AssertCopied(Total);
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Zeros))]
    public async Task Where_zero_copy_is_required_a_refusal_is_thrown(int from, Call call)
    {
        using FileRig rig = new();
        using FaultyFiles kernel = new() { Error = (int)Errno.EXDEV, FailMovesFrom = from, BytesMax = Part };
        TransferException thrown = await Assert.ThrowsAsync<TransferException>(
            () => rig.Copy(call, new TransferOptions { Mode = TransferMode.RequireZeroCopy }));
        Assert.Equal(((int)Errno.EXDEV, "copy_file_range"), (thrown.Error, thrown.Operation));
        Assert.Equal((from * (long)Part, from * (long)Part, 0L),
            (thrown.Progress.BytesConsumed, thrown.Progress.BytesWritten, thrown.Progress.BytesBuffered));
        rig.AssertCopied(from * Part);
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.ModesCalls), MemberType = typeof(Matrix))]
    public async Task A_disk_that_cannot_be_read(TransferMode mode, Call call)
    {
        using FileRig rig = new();
        using FaultyFiles kernel = new()
        {
            Error = (int)(mode == TransferMode.CopyOnly ? Errno.EIO : Errno.ENOMEM),
            FailMovesFrom = 3,
            FailReadsFrom = 3,
            BytesMax = 50_000,
        };
        TransferException thrown = await Assert.ThrowsAsync<TransferException>(
            () => rig.Copy(call, new TransferOptions { Mode = mode, KeepUndelivered = true }));
        Assert.Equal((kernel.Error, 150_000L, 150_000L),
            (thrown.Error, thrown.Progress.BytesConsumed, thrown.Progress.BytesWritten));
        Assert.Equal(mode == TransferMode.CopyOnly ? "read" : "copy_file_range", thrown.Operation);
        Assert.True(mode != TransferMode.CopyOnly || thrown.Side == TransferSide.Source);
        rig.AssertCopied(150_000);
    }

    // Bytes that were taken out of a socket and could not be written are not lost.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.FamiliesModesCalls), MemberType = typeof(Matrix))]
    public async Task A_disk_that_cannot_be_written(Family family, TransferMode mode, Call call)
    {
        using FileRig rig = new();
        using SocketPair pair = SocketPair.Connect(family);
        Task<long> writer = Peer.Write(pair.Far, Total);
        TransferException thrown;
        using (FaultyFiles kernel = new() { Error = (int)Errno.EIO, FailWritesFrom = 2, BytesMax = 3000 })
        {
            thrown = await Assert.ThrowsAsync<TransferException>(() => Rig.Start(
                call, pair.Near, rig.Destination, new TransferOptions { Mode = mode, KeepUndelivered = true })
                .Within("the transfer"));
        }

        TransferResult progress = thrown.Progress;
        Assert.Equal(((int)Errno.EIO, TransferSide.Destination), (thrown.Error, thrown.Side));
        Assert.InRange(progress.BytesWritten, 2, 6000);
        Assert.Equal(progress.BytesConsumed - progress.BytesWritten, thrown.Undelivered.Length);
        Pattern.Default.AssertEqual(thrown.Undelivered.Span, progress.BytesWritten);
        Assert.Equal(progress.BytesWritten, rig.Destination.Position);

        // What was taken is the next transfer's prefix, and the file is whole.
        TransferResult rest = await Rig.Start(
            call, pair.Near, rig.Destination, new TransferOptions { Mode = mode, Prefix = thrown.Undelivered })
            .Within("the rest");
        Assert.Equal(Total, progress.BytesWritten + rest.BytesWritten);
        Pattern.Default.AssertEqual(rig.To.ReadBytes());
        Assert.Equal(Total, await writer.Within("the writer"));
    }

    /// <summary>A file of the pattern, and an empty one.</summary>
    private sealed class FileRig : IDisposable
    {
        private readonly PlacedFile _from = PlacedFile.OfPattern(Place.Disk, Total);

        internal FileRig()
        {
            Source = _from.Open(FileAccess.Read);
            Destination = To.Open();
        }

        internal PlacedFile To { get; } = new(Place.Disk);

        internal FileStream Source { get; }

        internal FileStream Destination { get; }

        internal Task<TransferResult> Copy(Call call, TransferOptions? options = null)
            => Rig.Start(call, Source, Destination, options).Within("the transfer");

        internal async Task<(TransferResult Result, Received Received)> Send(Call call)
        {
            using SocketPair pair = SocketPair.Tcp();
            Task<Received> reader = Peer.Read(pair.Far);
            TransferResult result = await Rig.Start(call, Source, pair.Near).Within("the transfer");
            pair.Near.Shutdown(SocketShutdown.Send);
            return (result, await reader.Within("the reader"));
        }

        internal void AssertCopied(int count)
        {
            Assert.Equal((count, count), (Source.Position, Destination.Position));
            byte[] all = To.ReadBytes();
            Assert.Equal(count, all.Length);
            Pattern.Default.AssertEqual(all);
        }

        internal void Rewind() => Source.Position = 0;

        public void Dispose()
        {
            Source.Dispose();
            Destination.Dispose();
            _from.Dispose();
            To.Dispose();
        }
    }
}

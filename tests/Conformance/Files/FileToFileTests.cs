// From a file into a file by copy_file_range: both positions, limits, holes before the beginning.
using Microsoft.Win32.SafeHandles;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Files;

public sealed class FileToFileTests
{
    private const int Mib = 1 << 20;

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(FileMatrix.LimitsModesCalls), MemberType = typeof(FileMatrix))]
    [Cases("GO-46..GO-65")]
    public async Task Five_sizes(Limit limit, TransferMode mode, Call call)
    {
        foreach (Place place in FileMatrix.Places)
        {
            foreach (int size in FileMatrix.Sizes)
            {
                using PlacedFile from = PlacedFile.OfPattern(place, size);
                using PlacedFile to = new(place);
                using FileStream source = from.Open(FileAccess.Read, bufferBytes: size == 42 ? 0 : 4096);
                using FileStream destination = to.Open(bufferBytes: size == 1025 ? 0 : 4096);
                long? most = limit.Of(size, more: 7);
                TransferOptions options = new() { Mode = mode, LimitBytes = most };
                TransferResult result = await Rig.Start(call, source, destination, options).Within("the transfer");

                long moved = Math.Min(size, most ?? size);
                FileAssert.Ended(result, size, most);
                FileAssert.Moved(result, moved, TransferMechanism.CopyFileRange, mode);
                Assert.Equal((moved, moved, moved), (source.Position, destination.Position, destination.Length));
                Assert.Equal(-1, destination.ReadByte());
                Pattern.Default.AssertEqual(to.ReadBytes());
                Assert.Equal(moved < size ? Pattern.Default.Bytes(moved, 1)[0] : -1, source.ReadByte());
            }
        }
    }

    // What was there before the beginning is there afterwards, as a hole.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(FileMatrix.PlacesModesCalls), MemberType = typeof(FileMatrix))]
    [Cases("GO-83..GO-104")]
    public async Task Positions_and_limits(Place place, TransferMode mode, Call call)
    {
        using PlacedFile from = PlacedFile.OfPattern(place, Mib);
        int rows = 0;
        foreach (int sourceStart in (int[])[0, 100, Mib])
        {
            long there = Mib - sourceStart;
            foreach (int destinationStart in (int[])[0, 200])
            {
                foreach (long? limit in ((long?[])[there, there - 100, 2 * Mib, null]).Where(limit => limit is not < 0))
                {
                    rows++;
                    using PlacedFile to = new(place);
                    using FileStream source = from.Open(FileAccess.Read);
                    using FileStream destination = to.Open();
                    source.Position = sourceStart;
                    destination.Position = destinationStart;
                    TransferOptions options = new() { Mode = mode, LimitBytes = limit };
                    TransferResult result = await Rig.Start(call, source, destination, options).Within("the transfer");

                    long moved = Math.Min(there, limit ?? there);
                    FileAssert.Ended(result, there, limit);
                    FileAssert.Moved(result, moved, TransferMechanism.CopyFileRange, mode);
                    Assert.Equal((sourceStart + moved, destinationStart + moved),
                        (source.Position, destination.Position));
                    byte[] all = to.ReadBytes();
                    Assert.Equal(moved == 0 ? 0 : destinationStart + moved, all.Length);
                    Assert.Equal(-1, all.AsSpan(0, Math.Min(all.Length, destinationStart)).IndexOfAnyExcept((byte)0));
                    Pattern.Default.AssertEqual(all.AsSpan(Math.Min(all.Length, destinationStart)), sourceStart);
                }
            }
        }

        Assert.Equal(22, rows);
    }

    // Another file system: the kernel says EXDEV, and the bytes are copied.
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    [Cases("X-15")]
    public async Task Between_two_file_systems(Call call)
    {
        const int Bytes = 3_000_001;
        const int EXDev = 18;
        using PlacedFile from = PlacedFile.OfPattern(Place.Disk, Bytes);
        using PlacedFile to = new(Place.Memory);
        using FileStream source = from.Open(FileAccess.Read);
        using FileStream destination = to.Open();
        if (DeviceOf(source.SafeFileHandle) == DeviceOf(destination.SafeFileHandle))
        {
            Assert.Skip("the temporary directory is in memory too");
        }

        TransferResult result = await Rig.Start(call, source, destination).Within("the transfer");
        Assert.Equal((Bytes, Bytes, TransferEnd.EndOfStream),
            (result.BytesConsumed, result.BytesWritten, result.EndedBy));
        Assert.Equal(Matrix.Here(TransferMechanism.CopyFileRange), result.Mechanism);
        if (result.FallbackError != 0) // What a kernel can do between two file systems has changed twice.
        {
            Assert.Equal((EXDev, Bytes), (result.FallbackError, result.BytesBuffered));
        }

        Assert.Equal((Bytes, Bytes), (source.Position, destination.Position));
        Pattern.Default.AssertEqual(to.ReadBytes());
        Assert.Equal(Bytes, destination.Length);
        if (result.FallbackError != 0)
        {
            source.Position = 0;
            TransferException thrown = await Assert.ThrowsAsync<TransferException>(() => Rig.Start(
                call, source, destination, new TransferOptions { Mode = TransferMode.RequireZeroCopy })
                .Within("the refusal"));
            Assert.Equal((EXDev, "copy_file_range", 0L),
                (thrown.Error, thrown.Operation, thrown.Progress.BytesConsumed));
            Assert.Equal((0, Bytes), (source.Position, destination.Position));
        }
    }

    // Holes are content like any other, and an offset over 4 GiB is an offset like any other.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(FileMatrix.PlacesModesCalls), MemberType = typeof(FileMatrix))]
    public async Task A_sparse_file_beyond_4_GiB(Place place, TransferMode mode, Call call)
    {
        const long Start = (1L << 32) + 12_345;
        const int Hole = 300_000;
        using PlacedFile from = new(place);
        using PlacedFile to = new(place);
        using SafeFileHandle source = from.OpenHandle();
        using SafeFileHandle destination = to.OpenHandle();
        RandomAccess.Write(source, "head"u8, Start);
        RandomAccess.Write(source, "tail"u8, Start + Hole);
        TransferResult result = await Rig.Start(
            call,
            TransferEndpoint.FromHandle(source, Start),
            TransferEndpoint.FromHandle(destination, Start + 1),
            new TransferOptions { Mode = mode }).Within("the transfer");
        FileAssert.Moved(result, Hole + 4, TransferMechanism.CopyFileRange, mode);
        Assert.Equal(Start + 1 + Hole + 4, RandomAccess.GetLength(destination));
        byte[] all = new byte[Hole + 4];
        Assert.Equal(all.Length, RandomAccess.Read(destination, all, Start + 1));
        Assert.Equal("head"u8, all.AsSpan(0, 4));
        Assert.Equal(-1, all.AsSpan(4, Hole - 4).IndexOfAnyExcept((byte)0));
        Assert.Equal("tail"u8, all.AsSpan(Hole));
    }

    private static (uint, uint) DeviceOf(SafeFileHandle handle)
    {
        Assert.True(FdLease.TryAcquire(handle, out FdLease lease));
        using (lease)
        {
            Assert.False(Syscall.GetFileStatus(lease.Fd, out FileStatus status).IsError);
            return (status.DeviceMajor, status.DeviceMinor);
        }
    }
}

// A file that somebody changes while it is sent, a disk that fills up.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Files;

public sealed class ChangingFileTests
{
    private const int Mib = 1 << 20;
    private const int ENoSpc = 28;

    // Half of it is gone while the transfer waits for its reader: an error, not a short file that looks whole.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(FileMatrix.PlacesModesCalls), MemberType = typeof(FileMatrix))]
    public async Task A_file_that_is_truncated(Place place, TransferMode mode, Call call)
    {
        using PlacedFile file = PlacedFile.OfPattern(place, 3 * Mib);
        using FileStream stream = file.Open(FileAccess.Read);
        using SocketPair pair = SocketPair.Connect(Family.Tcp, bufferBytes: 16 * 1024);
        Task<TransferResult> transfer = await Park(call, stream, pair, mode);
        using (FileStream other = file.Open())
        {
            other.SetLength(2 * Mib);
        }

        Task<Received> reader = Peer.Read(pair.Far);
        TransferException thrown = await Assert.ThrowsAsync<TransferException>(() => transfer.Within("the transfer"));
        pair.Near.Shutdown(SocketShutdown.Send);
        Assert.Equal(TransferSide.Source, thrown.Side);
        Assert.Contains("truncated", thrown.Message, StringComparison.Ordinal);
        TransferResult progress = thrown.Progress;
        Assert.Equal((TransferEnd.SourceFailed, 2 * Mib, 2 * Mib),
            (progress.EndedBy, progress.BytesConsumed, progress.BytesWritten));
        Assert.Equal(2 * Mib, stream.Position);
        Assert.Equal(new Received(2 * Mib, SocketError.Success), await reader.Within("the reader"));
    }

    // Shorter than what was sent already.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(FileMatrix.PlacesModesCalls), MemberType = typeof(FileMatrix))]
    public async Task A_file_that_is_emptied(Place place, TransferMode mode, Call call)
    {
        using PlacedFile file = PlacedFile.OfPattern(place, 3 * Mib);
        using FileStream stream = file.Open(FileAccess.Read);
        using SocketPair pair = SocketPair.Connect(Family.Unix, bufferBytes: 16 * 1024);
        Task<TransferResult> transfer = await Park(call, stream, pair, mode);
        using (FileStream other = file.Open())
        {
            other.SetLength(0);
        }

        Task<byte[]> reader = Peer.ReadAll(pair.Far);
        TransferException thrown = await Assert.ThrowsAsync<TransferException>(() => transfer.Within("the transfer"));
        pair.Near.Shutdown(SocketShutdown.Send);
        Assert.Contains("truncated", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(thrown.Progress.BytesConsumed, thrown.Progress.BytesWritten);
        Assert.Equal(thrown.Progress.BytesWritten, (await reader.Within("the reader")).Length);
    }

    // What is appended before the end is reached is sent too.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(FileMatrix.PlacesModesCalls), MemberType = typeof(FileMatrix))]
    public async Task A_file_that_grows(Place place, TransferMode mode, Call call)
    {
        using PlacedFile file = PlacedFile.OfPattern(place, 3 * Mib);
        using FileStream stream = file.Open(FileAccess.Read);
        using SocketPair pair = SocketPair.Connect(Family.Tcp, bufferBytes: 16 * 1024);
        Task<TransferResult> transfer = await Park(call, stream, pair, mode);
        using (FileStream other = file.Open())
        {
            other.Position = 3 * Mib;
            other.Write(Pattern.Default.Bytes(3 * Mib, Mib));
        }

        Task<Received> reader = Peer.Read(pair.Far);
        TransferResult result = await transfer.Within("the transfer");
        pair.Near.Shutdown(SocketShutdown.Send);
        Assert.Equal((TransferEnd.EndOfStream, 4 * Mib, 4 * Mib),
            (result.EndedBy, result.BytesConsumed, result.BytesWritten));
        Assert.Equal(4 * Mib, stream.Position);
        Assert.Equal(new Received(4 * Mib, SocketError.Success), await reader.Within("the reader"));
    }

    // A file that is truncated between two files' copy is an error too, and the copy has what there was.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(FileMatrix.PlacesModesCalls), MemberType = typeof(FileMatrix))]
    public async Task A_file_that_is_truncated_while_it_is_copied(Place place, TransferMode mode, Call call)
    {
        using PlacedFile from = PlacedFile.OfPattern(place, 100_000);
        using PlacedFile to = new(place);
        using FileStream source = from.Open(FileAccess.Read);
        using FileStream destination = to.Open();
        using FileStream other = from.Open();
        TransferOptions options = new() { Mode = mode, BytesPerSecond = 50_000 };
        Task<TransferResult> transfer = Rig.Start(call, source, destination, options);
        await Deadline.Until("it copies", () => new FileInfo(to.Path).Length > 0);
        other.SetLength(100);
        TransferException thrown = await Assert.ThrowsAsync<TransferException>(() => transfer.Within("the transfer"));
        Assert.Equal(TransferSide.Source, thrown.Side);
        Assert.Contains("truncated", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(thrown.Progress.BytesWritten, destination.Position);
        Pattern.Default.AssertEqual(to.ReadBytes());
    }

    // The disk is full in the middle: what did not fit is handed back, and nothing is lost.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.ModesCalls), MemberType = typeof(Matrix))]
    public async Task A_disk_that_fills_up(TransferMode mode, Call call)
    {
        using SmallDisk disk = SmallDisk.Mount(256 * 1024);
        using PlacedFile file = new(disk.Path, default);
        using FileStream stream = file.Open();
        using SocketPair pair = SocketPair.Tcp();
        Task<long> writer = Peer.Write(pair.Far, Mib);
        TransferException thrown = await Assert.ThrowsAsync<TransferException>(() => Rig.Start(
            call, pair.Near, stream, new TransferOptions { Mode = mode, KeepUndelivered = true })
            .Within("from a socket"));
        Assert.Equal((ENoSpc, TransferSide.Destination), (thrown.Error, thrown.Side));
        TransferResult progress = thrown.Progress;
        Assert.InRange(progress.BytesWritten, 1, 256 * 1024);
        Assert.Equal(progress.BytesWritten, stream.Position);
        Assert.Equal(progress.BytesConsumed - progress.BytesWritten, thrown.Undelivered.Length);
        Pattern.Default.AssertEqual(file.ReadBytes().AsSpan(0, (int)progress.BytesWritten));
        Pattern.Default.AssertEqual(thrown.Undelivered.Span, progress.BytesWritten);
        Task<Received> rest = Peer.Read(pair.Near, start: progress.BytesConsumed);
        Assert.Equal(Mib - progress.BytesConsumed, (await rest.Within("the rest")).Count);
        Assert.Equal(Mib, await writer.Within("the writer"));

        using PlacedFile from = new(disk.Path, default);
        using PlacedFile elsewhere = PlacedFile.OfPattern(Place.Disk, Mib);
        using FileStream source = elsewhere.Open(FileAccess.Read);
        using FileStream destination = from.Open();
        if (mode == TransferMode.RequireZeroCopy)
        {
            return; // Another file system.
        }

        thrown = await Assert.ThrowsAsync<TransferException>(() => Rig.Start(
            call, source, destination, new TransferOptions { Mode = mode, KeepUndelivered = true })
            .Within("from a file"));
        Assert.Equal((ENoSpc, TransferSide.Destination), (thrown.Error, thrown.Side));
        Assert.Equal(thrown.Progress.BytesWritten, destination.Position);
        Assert.Equal(thrown.Progress.BytesConsumed, source.Position);
        Assert.Equal(thrown.Undelivered.Length, source.Position - destination.Position);
    }

    /// <summary>Starts a transfer to a reader that does not read, and waits until it waits.</summary>
    private static async Task<Task<TransferResult>> Park(
        Call call, FileStream source, SocketPair pair, TransferMode mode)
    {
        Task<TransferResult> transfer = Rig.Start(call, source, pair.Near, new TransferOptions { Mode = mode });
        await Deadline.Until("it sends", () => pair.Far.Available > 0);
        await Task.Delay(30);
        Assert.False(transfer.IsCompleted, "it ended without a reader");
        return transfer;
    }

    /// <summary>A file system in memory, of a size of its own.</summary>
    private sealed class SmallDisk : IDisposable
    {
        private SmallDisk(string path) => Path = path;

        internal string Path { get; }

        internal static SmallDisk Mount(int bytes)
        {
            string path = Directory.CreateTempSubdirectory().FullName;
            if (!Files.Mount.IsPossible
                || !Files.Mount.Run("mount", "-t", "tmpfs", "-o", $"size={bytes}", "tmpfs", path))
            {
                Directory.Delete(path);
                Assert.Skip("nothing can be mounted here");
            }

            return new SmallDisk(path);
        }

        public void Dispose()
        {
            Assert.True(Files.Mount.Run("umount", Path), "umount");
            Directory.Delete(Path);
        }
    }
}

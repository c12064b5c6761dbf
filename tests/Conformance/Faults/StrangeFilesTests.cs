// Files that are called regular and are not, streams over what is no file, and devices: what each can do is asked.
using System.Text;
using Microsoft.Win32.SafeHandles;
using Xunit;
using Zerocopy.Conformance.Files;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Faults;

public sealed class StrangeFilesTests
{
    private const int Total = 300_001;

    public static TheoryData<TransferMode, Call> ModesCalls { get; } = new MatrixTheoryData<TransferMode, Call>(
        [TransferMode.Auto, TransferMode.CopyOnly], Enum.GetValues<Call>());

    // In a mount namespace of its own, and in an instance of its own.
    [Fact]
    [Cases("F-54")]
    public void Tracefs_is_written_and_read_where_it_is()
    {
        if (!Mount.IsPossible)
        {
            Assert.Skip("nothing can be mounted here");
        }

        Assert.Contains(
            "done", ChildProcess.Run<TracefsChild>([], "unshare", "--mount"), StringComparison.Ordinal);
    }

    // As on file systems of programs (FUSE): they seek, and do not know offsets.
    [KernelOnly(Why.Mechanism)]
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(ModesCalls))]
    [Cases("F-54")]
    public async Task A_file_that_knows_no_offsets_is_read_and_written_where_it_is(TransferMode mode, Call call)
    {
        using NoOffsets kernel = new();
        TransferOptions options = new() { Mode = mode };
        using PlacedFile from = PlacedFile.OfPattern(Place.Disk, Total);
        using PlacedFile to = new(Place.Disk);
        using SafeFileHandle source = from.OpenHandle(FileAccess.Read);
        using SafeFileHandle destination = to.OpenHandle();
        HandleState.Seek(source, 1000);
        TransferResult result = await Rig.Start(call, source, destination, options).Within("file to file");
        Assert.Equal((Total - 1000, Total - 1000), (result.BytesWritten, result.BytesBuffered));
        Pattern.Default.AssertEqual(to.ReadBytes(), 1000);
        Assert.Equal((Total, Total - 1000), (HandleState.PositionOf(source), HandleState.PositionOf(destination)));

        using SocketPair pair = SocketPair.Tcp();
        Task<Received> reader = Peer.Read(pair.Far);
        HandleState.Seek(source, 0);
        result = await Rig.Start(call, source, pair.Near, options).Within("file to socket");
        pair.Near.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        Assert.Equal((Total, Total), (result.BytesWritten, (await reader.Within("the reader")).Count));

        // An offset that was asked for by name cannot be had.
        TransferException thrown = await Assert.ThrowsAsync<TransferException>(() => Rig.Start(
            call, TransferEndpoint.FromHandle(source, 5), Stream.Null, options).Within("an offset"));
        Assert.Equal((int)Errno.ESPIPE, thrown.Error);
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(ModesCalls))]
    [Cases("F-55")]
    public async Task A_FileStream_serves_what_is_no_file(TransferMode mode, Call call)
    {
        TransferOptions options = new() { Mode = mode, LimitBytes = 8 };
        SysResult counter = Syscall.EventFd(0, EventFdFlags.CloseOnExec);
        Assert.False(counter.IsError);
        using (FileStream stream = new(new SafeFileHandle((nint)counter.Value, true), FileAccess.ReadWrite, 0))
        {
            using MemoryStream five = new(BitConverter.GetBytes(5L));
            TransferResult given = await Rig.Start(call, five, stream, options).Within("into the counter");
            Assert.Equal(8, given.BytesWritten);
            using MemoryStream taken = new();
            await Rig.Start(call, stream, taken, options).Within("out of the counter");
            Assert.Equal(5, BitConverter.ToInt64(taken.ToArray()));
        }

        using (FileStream timer = new(new SafeFileHandle(Libc.Timer(5), true), FileAccess.Read, 0))
        using (MemoryStream taken = new())
        {
            await Rig.Start(call, timer, taken, options).Within("the timer");
            Assert.True(BitConverter.ToInt64(taken.ToArray()) > 0);
        }

        DirectoryInfo directory = Directory.CreateTempSubdirectory("zerocopy-watched-");
        using (FileStream watch = new(
            new SafeFileHandle(Libc.WatchFor(directory.FullName), true), FileAccess.Read, 0))
        using (SocketPair pair = SocketPair.Tcp())
        {
            File.WriteAllText(Path.Combine(directory.FullName, "a-file"), "");
            await Rig.Start(call, watch, pair.Near, new TransferOptions { Mode = mode, LimitBytes = 32 })
                .Within("the watch");
            byte[] seen = await Peer.ReadExactly(pair.Far, 32).Within("what it saw");
            Assert.Contains("a-file", Encoding.ASCII.GetString(seen), StringComparison.Ordinal);
        }

        directory.Delete(recursive: true);
    }

    // Its poll never says that it can be written.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(ModesCalls))]
    [Cases("F-56")]
    public async Task The_kernels_log_is_written(TransferMode mode, Call call)
    {
        using SafeFileHandle log = OpenLog();
        using SocketPair pair = SocketPair.Tcp();
        Task<TransferResult> transfer = Rig.Start(call, pair.Near, log, new TransferOptions { Mode = mode });
        foreach (string line in (string[])["<7>zerocopy: a test\n", "<7>zerocopy: the same test\n"])
        {
            pair.Far.Send(Encoding.ASCII.GetBytes(line));
            await Task.Delay(20);
        }

        pair.Far.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        TransferResult result = await transfer.Within("the transfer", 10_000);
        Assert.Equal((47, TransferEnd.EndOfStream), (result.BytesWritten, result.EndedBy));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(ModesCalls))]
    [Cases("F-56")]
    public async Task A_mirror_to_the_kernels_log_holds_nobody_up(TransferMode mode, Call call)
    {
        using SafeFileHandle log = OpenLog();
        using Rig rig = new(Family.Tcp, Family.Unix);
        Task<TransferResult> transfer = rig.Start(call, new TransferOptions { Mode = mode, Mirror = log });
        rig.Writer.Send("<7>zerocopy: a mirror\n"u8);
        Assert.Equal(22, (await Peer.ReadExactly(rig.Reader, 22).Within("the main stream")).Length);
        rig.Writer.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        TransferResult result = await transfer.Within("the transfer", 10_000);
        Assert.Equal((22, TeeEnd.EndOfStream), (result.BytesWritten, result.Mirror!.EndedBy));
        Assert.Equal(22, result.Mirror!.Delivery!.Value.BytesWritten);
    }

    // As the kernel's log does too once it has gone round: poll reports an error, and only a write knows what it means.
    [KernelOnly(Why.Words)]
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(ModesCalls))]
    [Cases("F-56")]
    public async Task What_a_device_died_of_is_what_a_write_says(TransferMode mode, Call call)
    {
        const int BadState = 77; // EBADFD: no device was chosen.
        using SafeFileHandle device = OpenDevice("/dev/net/tun", FileAccess.ReadWrite);
        using SocketPair pair = SocketPair.Tcp();
        Task<TransferResult> transfer = Rig.Start(call, pair.Near, device, new TransferOptions { Mode = mode });
        await Task.Delay(50);
        Assert.False(transfer.IsCompleted, "nothing was written yet");
        pair.Far.Send("a packet"u8);
        TransferException thrown = await Assert.ThrowsAsync<TransferException>(() => transfer.Within("the write"));
        Assert.Equal((BadState, 0), (thrown.Error, thrown.Progress.BytesWritten));
    }

    // Packets of a network device: read whole and written whole.
    [Fact]
    [Cases("F-57")]
    public void A_packet_is_one_read_and_one_write()
    {
        if (!Mount.Run("unshare", "--net", "true"))
        {
            Assert.Skip("no network namespace can be made here");
        }

        Assert.Contains("done", ChildProcess.Run<PacketChild>([], "unshare", "--net"), StringComparison.Ordinal);
    }

    private static SafeFileHandle OpenLog() => OpenDevice("/dev/kmsg", FileAccess.Write);

    private static SafeFileHandle OpenDevice(string path, FileAccess access)
    {
        try
        {
            return File.OpenHandle(path, FileMode.Open, access, FileShare.ReadWrite);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            Assert.Skip($"{path} cannot be opened here");
            throw;
        }
    }

    /// <summary>The real kernel, which knows no offsets.</summary>
    private sealed unsafe class NoOffsets : KernelOverride
    {
        private static Moved Refused => Moved.Failed((int)Errno.ESPIPE);

        public override Moved ReadFile(BorrowedFd file, byte* buffer, int length, long offset)
            => offset < 0 ? base.ReadFile(file, buffer, length, offset) : Refused;

        public override Moved WriteFile(BorrowedFd file, byte* buffer, int length, long offset)
            => offset < 0 ? base.WriteFile(file, buffer, length, offset) : Refused;

        public override Moved MoveFile(
            TransferMechanism route,
            BorrowedFd file,
            long offset,
            BorrowedFd destination,
            long destinationOffset,
            int length)
            => Refused;
    }
}

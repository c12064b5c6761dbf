// Devices, and files that are none: procfs and sysfs, whose lengths lie.
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Xunit;
using Zerocopy.Conformance.Faults;
using Zerocopy.Conformance.Harness;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Files;

public sealed class DeviceTests
{
    private const int Bytes = 1_000_000;

    public static TheoryData<What, TransferMode, Call> Ends { get; } = new MatrixTheoryData<What, TransferMode, Call>(
        Enum.GetValues<What>(), [TransferMode.Auto, TransferMode.CopyOnly], Enum.GetValues<Call>());

    /// <summary>Files that say that they are empty, or that they are as long as a page.</summary>
    public static TheoryData<string, TransferMode, Call> Liars { get; } =
        new MatrixTheoryData<string, TransferMode, Call>(
            ["/proc/self/cmdline", "/proc/version", "/proc/sys/kernel/ostype", "/sys/class/net/lo/mtu"],
            [TransferMode.Auto, TransferMode.CopyOnly],
            Enum.GetValues<Call>());

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Ends))]
    [Cases("GP-05")]
    public async Task The_null_device_takes_all_and_has_nothing(What what, TransferMode mode, Call call)
    {
        using SafeFileHandle device = File.OpenHandle("/dev/null", access: FileAccess.ReadWrite);
        using AnySource source = new(what, PipeForm.Blocking, Bytes);
        TransferResult result = await Rig.Start(call, source.Endpoint, device, new TransferOptions { Mode = mode })
            .Within("into the device");
        FileAssert.Moved(result, Bytes, TransferMechanism.ReadWrite, mode);
        await source.Fed.Within("the writer");
        using AnyDestination destination = new(what, PipeForm.Blocking);
        result = await Rig.Start(call, device, destination.Endpoint, new TransferOptions { Mode = mode })
            .Within("out of the device");
        FileAssert.Moved(result, 0, TransferMechanism.ReadWrite, mode);
        Assert.Equal(TransferEnd.EndOfStream, result.EndedBy);
        Assert.Equal(0, await destination.EndAndCount());
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.ModesCalls), MemberType = typeof(Matrix))]
    public async Task Zeros(TransferMode mode, Call call)
    {
        using SafeFileHandle device = File.OpenHandle("/dev/zero");
        using FileStream stream = new("/dev/zero", FileMode.Open, FileAccess.Read);
        foreach (TransferEndpoint source in (TransferEndpoint[])[device, stream])
        {
            using PlacedFile file = new(Place.Memory);
            using FileStream destination = file.Open();
            TransferOptions options = new() { Mode = mode, LimitBytes = Bytes };
            if (mode == TransferMode.RequireZeroCopy)
            {
                await Assert.ThrowsAsync<NotSupportedException>(
                    () => Rig.Start(call, source, destination, options).Within("the refusal"));
                continue;
            }

            TransferResult result = await Rig.Start(call, source, destination, options).Within("the transfer");
            FileAssert.Moved(result, Bytes, TransferMechanism.ReadWrite, mode);
            Assert.Equal((TransferEnd.LimitReached, Bytes), (result.EndedBy, destination.Position));
            byte[] all = file.ReadBytes();
            Assert.Equal((Bytes, -1), (all.Length, all.AsSpan().IndexOfAnyExcept((byte)0)));
        }
    }

    [KernelOnly(Why.BlockingHandle)]
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    public async Task A_device_that_never_waits_is_read_and_written_in_blocks(Call call)
    {
        using SafeFileHandle zeros = File.OpenHandle("/dev/zero");
        using SafeFileHandle nothing = File.OpenHandle("/dev/null", access: FileAccess.ReadWrite);
        using CountingKernel kernel = new();
        TransferResult result = await Rig.Start(call, zeros, nothing, new TransferOptions { LimitBytes = Bytes })
            .Within("the transfer");
        Assert.Equal(Bytes, result.BytesWritten);
        Assert.InRange(kernel.Calls, 2, 2 * Bytes / 32_768);
    }

    // The device that is always full.
    [KernelOnly(Why.BlockingHandle)]
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    public async Task A_device_that_fails(Call call)
    {
        const int ENoSpc = 28;
        using SafeFileHandle device = File.OpenHandle("/dev/full", access: FileAccess.Write);
        using SocketPair pair = SocketPair.Tcp();
        pair.Far.Send("hello"u8);
        TransferException thrown = await Assert.ThrowsAsync<TransferException>(() => Rig.Start(
            call, pair.Near, device, new TransferOptions { KeepUndelivered = true }).Within("the transfer"));
        Assert.Equal((ENoSpc, TransferSide.Destination, "write"), (thrown.Error, thrown.Side, thrown.Operation));
        Assert.Equal("hello"u8.ToArray(), thrown.Undelivered.ToArray());
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Liars))]
    [Cases("GO-43")]
    public async Task A_file_whose_length_lies(string path, TransferMode mode, Call call)
    {
        byte[] due = await ReadToTheEnd(path); // File.ReadAllBytes believes the length.
        Assert.NotEmpty(due);
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read);
        using SafeFileHandle handle = File.OpenHandle(path);
        foreach (TransferEndpoint source in (TransferEndpoint[])[stream, handle])
        {
            foreach (Place place in FileMatrix.Places)
            {
                using PlacedFile file = new(place);
                using FileStream destination = file.Open();
                TransferResult result = await Rig.Start(call, source, destination, new TransferOptions { Mode = mode })
                    .Within("into a file");
                Assert.Equal((due.Length, TransferEnd.EndOfStream), (result.BytesWritten, result.EndedBy));
                Assert.Equal(due, file.ReadBytes());
                stream.Position = 0;
                HandleState.Seek(handle, 0);
            }

            using SocketPair pair = SocketPair.Tcp();
            TransferResult sent = await Rig.Start(call, source, pair.Near, new TransferOptions { Mode = mode })
                .Within("to a socket");
            Assert.Equal((due.Length, TransferEnd.EndOfStream), (sent.BytesWritten, sent.EndedBy));
            pair.Near.Shutdown(SocketShutdown.Send);
            Assert.Equal(due, await Peer.ReadAll(pair.Far).Within("the reader"));
            stream.Position = 0;
            using MemoryStream copy = new();
            await Rig.Start(call, TransferEndpoint.FromHandle(handle, 1), copy, new TransferOptions { Mode = mode })
                .Within("from an offset");
            Assert.Equal(due[1..], copy.ToArray());
        }
    }

    // What is neither a file nor a stream of bytes is refused by name, before anything waits for it.
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    [Cases("GP-05")]
    public async Task What_cannot_be_moved_is_refused(Call call)
    {
        SysResult epoll = Syscall.EpollCreate(EpollCreateFlags.CloseOnExec);
        SysResult counter = Syscall.EventFd(0, EventFdFlags.CloseOnExec);
        Assert.False(epoll.IsError || counter.IsError);
        using SafeFileHandle first = new((nint)epoll.Value, ownsHandle: true);
        using SafeFileHandle second = new((nint)counter.Value, ownsHandle: true);
        foreach (SafeFileHandle handle in (SafeFileHandle[])[first, second])
        {
            Assert.Equal("source", (await Assert.ThrowsAsync<ArgumentException>(
                () => Rig.Start(call, handle, Stream.Null).Within("as source"))).ParamName);
            Assert.Equal("destination", (await Assert.ThrowsAsync<ArgumentException>(
                () => Rig.Start(call, Stream.Null, handle).Within("as destination"))).ParamName);
        }
    }

    // 0 bytes are the end of a stream, and an empty message of a datagram socket, which is refused unread.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.FamiliesModesCalls), MemberType = typeof(Matrix))]
    [Cases("GP-04")]
    public async Task What_0_bytes_mean(Family family, TransferMode mode, Call call)
    {
        using SocketPair pair = SocketPair.Connect(family);
        using PlacedFile file = new(Place.Disk);
        using FileStream stream = file.Open();
        pair.Far.Shutdown(SocketShutdown.Send);
        TransferResult result = await Rig.Start(call, pair.Near, stream, new TransferOptions { Mode = mode })
            .Within("the transfer");
        Assert.Equal((TransferEnd.EndOfStream, 0), (result.EndedBy, result.BytesConsumed));

        using Socket receiver = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        receiver.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        using Socket sender = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        sender.SendTo([], receiver.LocalEndPoint!);
        sender.SendTo("x"u8, receiver.LocalEndPoint!);
        ArgumentException refusal = await Assert.ThrowsAsync<ArgumentException>(
            () => Rig.Start(call, receiver, stream, new TransferOptions { Mode = mode }).Within("a refusal"));
        Assert.Equal("source", refusal.ParamName);
        byte[] buffer = new byte[4];
        Assert.Equal((0, 1), (receiver.Receive(buffer), receiver.Receive(buffer)));
        Assert.Equal(0, stream.Length);
    }

    private static async Task<byte[]> ReadToTheEnd(string path)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        using MemoryStream all = new();
        await stream.CopyToAsync(all);
        return all.ToArray();
    }

    private sealed unsafe class CountingKernel : KernelOverride
    {
        private int _calls;

        internal int Calls => _calls;

        public override Moved ReadFile(BorrowedFd file, byte* buffer, int length, long offset)
        {
            Interlocked.Increment(ref _calls);
            return base.ReadFile(file, buffer, length, offset);
        }

        public override Moved WriteFile(BorrowedFd file, byte* buffer, int length, long offset)
        {
            Interlocked.Increment(ref _calls);
            return base.WriteFile(file, buffer, length, offset);
        }
    }
}

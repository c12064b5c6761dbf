// The descriptors of pipes come and go with them, and those of others stay as they were.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Pipes;

public sealed class PipeDescriptorTests
{
    private const int Many = 64;

    [KernelOnly(Why.Mechanism)]
    [Fact(Timeout = Deadline.Ms)]
    [Cases("GP-01")]
    public async Task Disposed_pipes_leave_no_descriptor()
    {
        FdTable before = FdTable.TakeAtRest();
        List<Pipe> pipes = [];
        for (int i = 0; i < Many; i++)
        {
            Pipe pipe = Pipe.Create();
            pipe.Write("used"u8);
            Assert.Equal(4, await pipe.ReadAsync(new byte[10]));
            pipes.Add(pipe);
        }

        Assert.Equal(before.Count + (2 * Many), FdTable.Take().Count);
        pipes.ForEach(pipe => pipe.Dispose());
        before.AssertSame();
    }

    // Forgotten ones are closed by the collector, those that were used and those that hold bytes too.
    [Fact(Timeout = Deadline.Ms)]
    [Cases("GP-01")]
    public async Task Forgotten_pipes_leave_no_descriptor()
    {
        FdTable before = FdTable.TakeAtRest();
        Forget();
        await Deadline.Until("every descriptor is closed", () =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return FdTable.Take().Count <= before.Count;
        }, milliseconds: 10_000);
        before.AssertSame();
    }

    // What was left in a pipe does not turn up in the next one.
    [Fact]
    public void A_new_pipe_is_empty()
    {
        for (int i = 0; i < Many; i++)
        {
            using Pipe pipe = Pipe.Create();
            Assert.Equal((64 * 1024, 0), (pipe.Capacity, pipe.Available));
            pipe.Capacity = 8192;
            pipe.Write("left behind"u8);
        }
    }

    [KernelOnly(Why.Mechanism)]
    [Fact]
    public void Half_a_pipe_has_one_descriptor()
    {
        FdTable before = FdTable.TakeAtRest();
        using Pipe pipe = Pipe.Create();
        Assert.Equal(before.Count + 2, FdTable.Take().Count);
        pipe.CloseRead();
        Assert.Equal(before.Count + 1, FdTable.Take().Count);
        pipe.CloseWrite();
        Assert.Equal(before.Count, FdTable.Take().Count);
    }

    // Nothing of an endpoint is changed for good: no flag of a file, and a socket's sync calls go on waiting.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.FamiliesCalls), MemberType = typeof(PipeMatrix))]
    [Cases("GO-122", "GO-123")]
    public async Task Flags_stay_as_they_were(Family family, Call call)
    {
        using Rig rig = new(family, family);
        using Pipe pipe = Pipe.Create();
        using TempFile file = new();
        await using FileStream stream = new(file.Path, FileMode.Open, FileAccess.Write);
        StatusFlags fileFlags = FlagsOf(stream.SafeFileHandle);
        Assert.True(rig.Source.Blocking && rig.Destination.Blocking, "what .NET says at first");

        Task<TransferResult> fill = PipePeer.ReadFrom(call, pipe, rig.Source);
        Task<TransferResult> drain = PipePeer.WriteTo(call, pipe, rig.Destination);
        rig.Writer.Send("through a pipe"u8);
        await Peer.ReadExactly(rig.Reader, 14).Within("the bytes");
        rig.Writer.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        await Task.WhenAll(fill, drain).Within("both copiers");
        using Pipe second = Pipe.Create();
        second.Write("into a file"u8);
        second.CloseWrite();
        await PipePeer.WriteTo(call, second, stream).Within("into a file");

        Assert.Equal(fileFlags, FlagsOf(stream.SafeFileHandle));
        Assert.True(rig.Source.Blocking && rig.Destination.Blocking, "what .NET says afterwards");
        Task<int> receive = Deadline.OnThread(() => rig.Destination.Receive(new byte[10]));
        await PipePeer.AssertWaits(receive, "a sync receive");
        rig.Reader.Send("x"u8);
        Assert.Equal(1, await receive.Within("a sync receive"));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Forget()
    {
        byte[] buffer = new byte[10];
        for (int i = 0; i < Many; i++)
        {
            Pipe pipe = Pipe.Create();
            pipe.Write("forgotten"u8);
            if (i % 2 == 0)
            {
                Assert.Equal(9, pipe.Read(buffer));
                pipe.AsReadStream().ReadAsync(buffer, new CancellationToken(canceled: true)).AsTask().ContinueWith(
                    _ => { }, TaskScheduler.Default);
            }
        }
    }

    private static StatusFlags FlagsOf(SafeHandle handle)
    {
        Assert.True(FdLease.TryAcquire(handle, out FdLease lease));
        using (lease)
        {
            return (StatusFlags)Syscall.GetStatusFlags(lease.Fd).Value;
        }
    }
}

// No system call allocates: ten thousand of each, and not one byte.
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Sys;

[KernelOnly(Why.NotTheLibrary)]
public sealed class SysAllocationTests
{
    private const int Calls = 10_000;

    [Fact]
    public void Moving_bytes_allocates_nothing()
    {
        using FdPair tcp = FdPair.Tcp();
        using FdPair unix = FdPair.Unix();
        using FdPair pipe = FdPair.Pipe();
        using FdPair copy = FdPair.Pipe();
        using TestFile file = new(new byte[64]);
        using TestFile other = new();
        byte[] buffer = new byte[64];
        long zero = 0;

        AllocatesNothing(() =>
        {
            // Once around: each call moves the 64 bytes, or says would-block; both are steady state.
            Syscall.Write(pipe.B, buffer);
            Syscall.Tee(pipe.A, copy.B, 64, SpliceFlags.NonBlock);
            Syscall.Splice(pipe.A, tcp.A, 64, SpliceFlags.NonBlock);
            Syscall.Splice(tcp.B, pipe.B, 64, SpliceFlags.NonBlock);
            Syscall.Read(pipe.A, buffer);
            Syscall.Recv(tcp.B, buffer, MessageFlags.DontWait);
            Syscall.Send(unix.A, buffer, MessageFlags.DontWait);
            Syscall.RecvMsg(unix.B, buffer, MessageFlags.DontWait, out _);
            Syscall.PReadV2(copy.A, buffer, -1, ReadWriteFlags.NoWait);
            Syscall.PWriteV2(other.Fd, buffer, 0, ReadWriteFlags.None);
            long offset = zero;
            Syscall.Sendfile(unix.A, file.Fd, ref offset, 64);
            Syscall.Recv(unix.B, buffer, MessageFlags.DontWait);
            offset = zero;
            long end = zero;
            Syscall.CopyFileRange(file.Fd, ref offset, other.Fd, ref end, 64);
            offset = zero;
            Syscall.Splice(file.Fd, ref offset, pipe.B, 64, SpliceFlags.NonBlock);
            offset = zero;
            Syscall.Splice(pipe.A, other.Fd, ref offset, 64, SpliceFlags.NonBlock);
        });
    }

    [Fact]
    public void Waiting_allocates_nothing()
    {
        using OwnedFd epoll = OwnedFd.FromRaw(
            (int)Result.Ok(Syscall.EpollCreate(EpollCreateFlags.CloseOnExec)));
        using OwnedFd waker = OwnedFd.FromRaw(
            (int)Result.Ok(Syscall.EventFd(0, EventFdFlags.NonBlocking)));
        using EpollEventBuffer events = new(4);
        using FdPair pipe = FdPair.Pipe();
        ulong tokens = 0;

        AllocatesNothing(() =>
        {
            Syscall.EpollAdd(epoll.Borrow(), waker.Borrow(), EpollEvents.In, 1);
            Syscall.EpollModify(epoll.Borrow(), waker.Borrow(), EpollEvents.In, 2);
            Syscall.EventFdSignal(waker.Borrow());
            Syscall.EpollWait(epoll.Borrow(), events, 0);
            tokens += events[0].Token;
            Syscall.EventFdTake(waker.Borrow(), out _);
            Syscall.EpollRemove(epoll.Borrow(), waker.Borrow());
            Syscall.Poll(
                [new PollFd(pipe.A, PollEvents.In), new PollFd(pipe.B, PollEvents.Out)], 0);
        });
        Assert.True(tokens > 0);
    }

    [Fact]
    public void Asking_and_owning_allocate_nothing()
    {
        using FdPair tcp = FdPair.Tcp();
        using FdPair pipe = FdPair.Pipe();
        using TestFile file = new();
        byte[] name = new byte[128];

        AllocatesNothing(() =>
        {
            FdLease.TryAcquire(tcp.First, out FdLease lease);
            Syscall.GetSocketKind(lease.Fd, out _);
            Syscall.GetTcpState(lease.Fd, out _);
            Syscall.GetSocketError(lease.Fd, out _);
            Syscall.SetSocketOption(lease.Fd, SocketLevel.Tcp, SocketOption.TcpNoDelay, 1);
            Syscall.GetSocketName(lease.Fd, name, out _);
            lease.Release();
            Syscall.BytesAvailable(pipe.A, out _);
            Syscall.GetPipeSize(pipe.A);
            Syscall.GetStatusFlags(pipe.A);
            Syscall.GetDescriptorFlags(pipe.A);
            Syscall.Close((int)Syscall.Duplicate(pipe.A).Value);
            Syscall.GetFileStatus(file.Fd, out _);
            Syscall.Seek(file.Fd, 0, SeekFrom.Current);
            Syscall.Read(default, name); // Failing allocates nothing, either.
            Syscall.Pipe2(out int read, out int write, PipeFlags.CloseOnExec);
            Syscall.Close(read);
            Syscall.Close(write);
        });
    }

    private static void AllocatesNothing(Action action)
    {
        for (int i = 0; i < 100; i++)
        {
            action();
        }

        // The quietest of three: the runtime may recompile meanwhile. A call that allocates does so in each of them.
        long quietest = long.MaxValue;
        for (int round = 0; round < 3; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < Calls; i++)
            {
                action();
            }

            quietest = Math.Min(quietest, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, quietest);
    }
}

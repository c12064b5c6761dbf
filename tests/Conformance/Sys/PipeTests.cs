// pipe2, its capacity, packet mode, and how much waits in it.
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Sys;

[KernelOnly(Why.NotTheLibrary)]
public sealed class PipeTests
{
    [Fact]
    public void A_pipe_carries_bytes_from_its_second_end_to_its_first()
    {
        using FdPair pipe = FdPair.Pipe();
        Result.Is(5, Syscall.Write(pipe.B, "hello"u8));

        Span<byte> buffer = stackalloc byte[16];
        Result.Is(5, Syscall.Read(pipe.A, buffer));
        Assert.Equal("hello"u8, buffer[..5]);
    }

    [Fact]
    public void Flags_of_pipe2_hold_for_both_ends()
    {
        using FdPair pipe = FdPair.Pipe(PipeFlags.NonBlocking);
        using FdPair blocking = FdPair.Pipe(PipeFlags.None);

        foreach (int fd in (int[])[pipe.A.Raw, pipe.B.Raw])
        {
            StatusFlags flags =
                (StatusFlags)Result.Ok(Syscall.GetStatusFlags(BorrowedFd.FromRaw(fd)));
            Assert.True(flags.HasFlag(StatusFlags.NonBlocking));
            Result.Is(
                (int)DescriptorFlags.CloseOnExec,
                Syscall.GetDescriptorFlags(BorrowedFd.FromRaw(fd)));
        }

        Result.Is((int)StatusFlags.ReadOnly, Syscall.GetStatusFlags(blocking.A));
        Result.Is((int)StatusFlags.WriteOnly, Syscall.GetStatusFlags(blocking.B));
    }

    [Fact]
    public void A_failed_pipe2_gives_no_descriptors()
    {
        Result.Fails(Errno.EINVAL, Syscall.Pipe2(out int read, out int write, (PipeFlags)1));
        Assert.Equal((-1, -1), (read, write));
    }

    [Fact]
    public void Capacity_is_rounded_up_and_read_back()
    {
        using FdPair pipe = FdPair.Pipe();

        Result.Is(128 * 1024, Syscall.SetPipeSize(pipe.A, 100_000));
        Result.Is(128 * 1024, Syscall.GetPipeSize(pipe.B));
        Result.Is(Environment.SystemPageSize, Syscall.SetPipeSize(pipe.B, 1));
    }

    [Fact]
    public void Capacity_is_refused_with_an_errno()
    {
        using FdPair pipe = FdPair.Pipe();
        using TestFile file = new();
        Result.Is(20_000, Syscall.Write(pipe.B, new byte[20_000]));

        Result.Fails(Errno.EBUSY, Syscall.SetPipeSize(pipe.A, 4096));
        Result.Fails(Errno.EINVAL, Syscall.SetPipeSize(pipe.A, -1));
        Result.Fails(Errno.EBADF, Syscall.SetPipeSize(file.Fd, 65536));
        Result.Fails(Errno.EBADF, Syscall.GetPipeSize(file.Fd));
    }

    [Fact]
    public void A_packet_pipe_keeps_packets_apart()
    {
        using FdPair pipe = FdPair.Pipe(PipeFlags.NonBlocking | PacketPipe.Flag);
        Result.Is(3, Syscall.Write(pipe.B, "abc"u8));
        Result.Is(2, Syscall.Write(pipe.B, "de"u8));

        StatusFlags writeEnd = (StatusFlags)Result.Ok(Syscall.GetStatusFlags(pipe.B));
        Assert.True(writeEnd.HasFlag(PacketPipe.StatusFlag));
        StatusFlags readEnd = (StatusFlags)Result.Ok(Syscall.GetStatusFlags(pipe.A));
        Assert.False(readEnd.HasFlag(PacketPipe.StatusFlag));
        Span<byte> buffer = stackalloc byte[16];
        Result.Is(3, Syscall.Read(pipe.A, buffer));
        Result.Is(2, Syscall.Read(pipe.A, buffer));
    }

    [Fact]
    public void Bytes_available_counts_what_waits()
    {
        using FdPair pipe = FdPair.Pipe();
        Result.Is(0, Syscall.BytesAvailable(pipe.A, out int none));
        Result.Is(5, Syscall.Write(pipe.B, "hello"u8));
        Result.Is(0, Syscall.BytesAvailable(pipe.A, out int five));

        Assert.Equal((0, 5), (none, five));
        Result.Fails(Errno.EBADF, Syscall.BytesAvailable(default, out int failed));
        Assert.Equal(0, failed);
    }

    [Fact]
    public void Bytes_available_is_refused_by_a_listener()
    {
        using OwnedFd listener = FdPair.TcpListener(out _);

        Result.Fails(Errno.EINVAL, Syscall.BytesAvailable(listener.Borrow(), out _));
    }

    [Fact]
    public void Status_flags_are_set_for_all_who_share_the_open_file()
    {
        using FdPair pipe = FdPair.Pipe(PipeFlags.None);

        Result.Is(0, Syscall.SetStatusFlags(pipe.A, StatusFlags.NonBlocking));
        Result.Fails(Errno.EAGAIN, Syscall.Read(pipe.A, stackalloc byte[1]));
        Result.Is(
            (int)(StatusFlags.ReadOnly | StatusFlags.NonBlocking),
            Syscall.GetStatusFlags(pipe.A));
        Result.Fails(Errno.EBADF, Syscall.GetStatusFlags(default));
        Result.Fails(Errno.EBADF, Syscall.GetDescriptorFlags(default));
        Result.Fails(Errno.EBADF, Syscall.SetStatusFlags(default, StatusFlags.NonBlocking));
    }
}

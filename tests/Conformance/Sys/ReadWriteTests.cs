// read, write, preadv2, pwritev2, lseek.
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Kernels;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Sys;

[KernelOnly(Why.NotTheLibrary)]
public sealed class ReadWriteTests
{
    [Fact]
    public void Read_says_0_at_the_end_and_for_an_empty_buffer()
    {
        using FdPair pipe = FdPair.Pipe();
        Result.Is(1, Syscall.Write(pipe.B, "x"u8));

        Result.Is(0, Syscall.Read(pipe.A, []));
        Result.Is(1, Syscall.Read(pipe.A, stackalloc byte[4]));
        Result.Fails(Errno.EAGAIN, Syscall.Read(pipe.A, stackalloc byte[4]));
        pipe.Second.Dispose();
        Result.Is(0, Syscall.Read(pipe.A, stackalloc byte[4]));
    }

    [Fact]
    public void Write_takes_what_fits_and_then_says_EAGAIN()
    {
        using FdPair pipe = FdPair.Pipe();

        Result.Is(0, Syscall.Write(pipe.B, []));
        Result.Is(65536, Syscall.Write(pipe.B, new byte[100_000]));
        Result.Fails(Errno.EAGAIN, Syscall.Write(pipe.B, "x"u8));
        pipe.First.Dispose();
        Result.Fails(Errno.EPIPE, Syscall.Write(pipe.B, "x"u8));
    }

    [Fact]
    public void Read_and_write_say_EBADF_for_the_wrong_end_and_for_none()
    {
        using FdPair pipe = FdPair.Pipe();

        Result.Fails(Errno.EBADF, Syscall.Read(pipe.B, stackalloc byte[4]));
        Result.Fails(Errno.EBADF, Syscall.Write(pipe.A, "x"u8));
        Result.Fails(Errno.EBADF, Syscall.Read(default, stackalloc byte[4]));
        Result.Fails(Errno.EBADF, Syscall.Write(default, "x"u8));
    }

    [Fact]
    public unsafe void Pointer_forms_do_the_same()
    {
        using FdPair pipe = FdPair.Pipe();
        byte* buffer = stackalloc byte[] { 1, 2, 3, 0, 0, 0 };

        Result.Is(3, Syscall.Write(pipe.B, buffer, 3));
        Result.Is(3, Syscall.Read(pipe.A, buffer + 3, 3));
        Assert.Equal((byte[])[1, 2, 3, 1, 2, 3], new ReadOnlySpan<byte>(buffer, 6));
        Result.Fails(Errno.EFAULT, Syscall.Write(pipe.B, null, 1));
    }

    [Fact]
    public void NoWait_does_not_wait_for_a_blocking_pipe()
    {
        using FdPair pipe = FdPair.Pipe(PipeFlags.None);
        if (IsRefused(pipe))
        {
            return;
        }

        Span<byte> buffer = stackalloc byte[8];

        Result.Fails(Errno.EAGAIN, Syscall.PReadV2(pipe.A, buffer, -1, ReadWriteFlags.NoWait));
        Result.Is(65536, Syscall.PWriteV2(pipe.B, new byte[100_000], -1, ReadWriteFlags.NoWait));
        Result.Fails(Errno.EAGAIN, Syscall.PWriteV2(pipe.B, buffer, -1, ReadWriteFlags.NoWait));
        Result.Is(8, Syscall.PReadV2(pipe.A, buffer, -1, ReadWriteFlags.NoWait));
        pipe.First.Dispose();
        Result.Fails(Errno.EPIPE, Syscall.PWriteV2(pipe.B, buffer, -1, ReadWriteFlags.NoWait));
    }

    [Fact]
    public void NoWait_says_0_at_the_end_of_a_pipe()
    {
        using FdPair pipe = FdPair.Pipe(PipeFlags.None);
        if (IsRefused(pipe))
        {
            return;
        }

        pipe.Second.Dispose();

        Result.Is(0, Syscall.PReadV2(pipe.A, stackalloc byte[1], -1, ReadWriteFlags.NoWait));
    }

    [Fact]
    public void NoWait_is_refused_by_a_pipe_end_that_was_ever_given_to_splice()
    {
        using FdPair pipe = FdPair.Pipe(PipeFlags.None);
        using FdPair other = FdPair.Pipe(PipeFlags.None);
        if (IsRefused(pipe))
        {
            return;
        }

        Span<byte> buffer = stackalloc byte[1];
        Result.Fails(
            Errno.EAGAIN, Syscall.Splice(pipe.A, other.B, 1, SpliceFlags.NonBlock));

        // Only the two ends named in the call, which need not move a byte; their peers still know it.
        Result.Is(1, Syscall.PWriteV2(pipe.B, buffer, -1, ReadWriteFlags.NoWait));
        Result.Fails(Errno.EOPNOTSUPP, Syscall.PReadV2(pipe.A, buffer, -1, ReadWriteFlags.NoWait));
        Result.Fails(Errno.EOPNOTSUPP, Syscall.PWriteV2(other.B, buffer, -1, ReadWriteFlags.NoWait));
        Result.Fails(Errno.EAGAIN, Syscall.PReadV2(other.A, buffer, -1, ReadWriteFlags.NoWait));
    }

    [Fact]
    public void NoWait_is_still_known_to_a_pipe_after_tee_and_sendfile()
    {
        using FdPair pipe = FdPair.Pipe(PipeFlags.None);
        using FdPair other = FdPair.Pipe(PipeFlags.None);
        if (IsRefused(pipe))
        {
            return;
        }

        using TestFile file = new("x"u8);
        Span<byte> buffer = stackalloc byte[1];
        Result.Is(1, Syscall.Sendfile(pipe.B, file.Fd, 1));
        Result.Is(1, Syscall.Tee(pipe.A, other.B, 1, SpliceFlags.NonBlock));

        Result.Is(1, Syscall.PWriteV2(pipe.B, buffer, -1, ReadWriteFlags.NoWait));
        Result.Is(1, Syscall.PReadV2(pipe.A, buffer, -1, ReadWriteFlags.NoWait));
        Result.Is(1, Syscall.PWriteV2(other.B, buffer, -1, ReadWriteFlags.NoWait));
    }

    [Fact]
    public void An_offset_leaves_the_position_and_minus_one_moves_it()
    {
        using TestFile file = new("0123456789"u8);
        Span<byte> buffer = stackalloc byte[3];

        Result.Is(3, Syscall.PReadV2(file.Fd, buffer, 4, ReadWriteFlags.None));
        Assert.Equal("456"u8, buffer);
        Result.Is(0, Syscall.Seek(file.Fd, 0, SeekFrom.Current));
        Result.Is(3, Syscall.PReadV2(file.Fd, buffer, -1, ReadWriteFlags.None));
        Assert.Equal("012"u8, buffer);
        Result.Is(3, Syscall.Seek(file.Fd, 0, SeekFrom.Current));
        Result.Is(2, Syscall.PWriteV2(file.Fd, "ab"u8, 8, ReadWriteFlags.None));
        Result.Is(1, Syscall.PWriteV2(file.Fd, "c"u8, 0, ReadWriteFlags.Append));
        Assert.Equal("01234567abc"u8, file.Content);
        Result.Is(0, Syscall.PReadV2(file.Fd, buffer, 100, ReadWriteFlags.None));
    }

    [Fact]
    public void A_position_of_a_pipe_says_ESPIPE_and_an_unknown_flag_EOPNOTSUPP()
    {
        using FdPair pipe = FdPair.Pipe();
        Span<byte> buffer = stackalloc byte[1];

        Result.Fails(Errno.ESPIPE, Syscall.PReadV2(pipe.A, buffer, 0, ReadWriteFlags.None));
        Result.Fails(Errno.ESPIPE, Syscall.PWriteV2(pipe.B, buffer, 0, ReadWriteFlags.None));
        Result.Fails(Errno.EOPNOTSUPP, Syscall.PReadV2(pipe.A, buffer, -1, (ReadWriteFlags)(1 << 30)));
        Result.Fails(Errno.EBADF, Syscall.PReadV2(default, buffer, -1, ReadWriteFlags.None));
    }

    [Fact]
    public void Seek_moves_the_position_of_files_alone()
    {
        using TestFile file = new("0123456789"u8);
        using FdPair pipe = FdPair.Pipe();

        Result.Is(10, Syscall.Seek(file.Fd, 0, SeekFrom.End));
        Result.Is(7, Syscall.Seek(file.Fd, -3, SeekFrom.Current));
        Result.Is((nint)1 << 40, Syscall.Seek(file.Fd, 1L << 40, SeekFrom.Start));
        Result.Fails(Errno.EINVAL, Syscall.Seek(file.Fd, -1, SeekFrom.Start));
        Result.Fails(Errno.ESPIPE, Syscall.Seek(pipe.A, 0, SeekFrom.Current));
    }

    /// <summary>Kernels before 6.4 refuse it on every pipe: then that is what is seen, and nothing else.</summary>
    private static bool IsRefused(FdPair pipe)
    {
        if (KernelFeature.NoWaitOnPipes.IsHere)
        {
            return false;
        }

        Result.Fails(Errno.EOPNOTSUPP, Syscall.PReadV2(pipe.A, stackalloc byte[1], -1, ReadWriteFlags.NoWait));
        Result.Fails(Errno.EOPNOTSUPP, Syscall.PWriteV2(pipe.B, "x"u8, -1, ReadWriteFlags.NoWait));
        return true;
    }
}

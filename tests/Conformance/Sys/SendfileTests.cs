// sendfile and copy_file_range: from files, with and without offsets.
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Sys;

[KernelOnly(Why.NotTheLibrary)]
public sealed class SendfileTests
{
    [Fact]
    public void Sendfile_follows_the_position_of_the_file_to_its_end()
    {
        using TestFile file = new("0123456789"u8);
        using FdPair socket = FdPair.Unix();

        Result.Is(4, Syscall.Sendfile(socket.A, file.Fd, 4));
        Result.Is(4, Syscall.Seek(file.Fd, 0, SeekFrom.Current));
        Result.Is(6, Syscall.Sendfile(socket.A, file.Fd, nuint.MaxValue));
        Result.Is(0, Syscall.Sendfile(socket.A, file.Fd, 4));

        Span<byte> buffer = stackalloc byte[16];
        Result.Is(10, Syscall.Recv(socket.B, buffer, MessageFlags.None));
        Assert.Equal("0123456789"u8, buffer[..10]);
    }

    [Fact]
    public void Sendfile_with_an_offset_leaves_the_position()
    {
        using TestFile file = new("0123456789"u8);
        using FdPair socket = FdPair.Tcp();
        long offset = 7;

        Result.Is(3, Syscall.Sendfile(socket.A, file.Fd, ref offset, 100));
        Assert.Equal(10, offset);
        Result.Is(0, Syscall.Sendfile(socket.A, file.Fd, ref offset, 100));
        Result.Is(0, Syscall.Seek(file.Fd, 0, SeekFrom.Current));
    }

    [Fact]
    public void Sendfile_says_an_errno_and_moves_nothing()
    {
        using TestFile file = new(new byte[4 << 20]);
        using FdPair socket = FdPair.Unix();
        using FdPair pipe = FdPair.Pipe();
        long negative = -1;
        long offset = 0;

        Result.Fails(Errno.EINVAL, Syscall.Sendfile(socket.A, socket.B, 10));
        Result.Fails(Errno.EINVAL, Syscall.Sendfile(socket.A, file.Fd, ref negative, 10));
        Result.Fails(Errno.ESPIPE, Syscall.Sendfile(socket.A, pipe.A, ref offset, 10));
        Result.Fails(Errno.EBADF, Syscall.Sendfile(socket.A, default, 10));
        Result.Is(0, Syscall.Seek(file.Fd, 0, SeekFrom.Current));

        SysResult last;
        do
        {
            last = Syscall.Sendfile(socket.A, file.Fd, 1 << 20);
        }
        while (!last.IsError && last.Value > 0);
        Assert.True(last.IsWouldBlock);
        socket.Second.Dispose();
        Result.Fails(Errno.EPIPE, Syscall.Sendfile(socket.A, file.Fd, 10));
    }

    [Fact]
    public void Copy_file_range_copies_at_positions_and_at_offsets()
    {
        using TestFile source = new("0123456789"u8);
        using TestFile destination = new();
        long from = 8;
        long to = 12;

        Result.Is(4, Syscall.CopyFileRange(source.Fd, destination.Fd, 4));
        Result.Is(2, Syscall.CopyFileRange(source.Fd, ref from, destination.Fd, 100));
        Result.Is(6, Syscall.CopyFileRange(source.Fd, destination.Fd, ref to, nuint.MaxValue));
        Assert.Equal((10, 18), (from, to));
        Result.Is(0, Syscall.CopyFileRange(source.Fd, ref from, destination.Fd, ref to, 100));
        Result.Is(10, Syscall.Seek(source.Fd, 0, SeekFrom.Current));
        Result.Is(6, Syscall.Seek(destination.Fd, 0, SeekFrom.Current));
        (from, to) = (0, 6);
        Result.Is(6, Syscall.CopyFileRange(source.Fd, ref from, destination.Fd, ref to, 6));
        Assert.Equal((6, 12), (from, to));
        Assert.Equal("012389012345456789"u8, destination.Content);
    }

    [Fact]
    public void Copy_file_range_says_an_errno_and_copies_nothing()
    {
        using TestFile source = new("0123456789"u8);
        using TestFile append = new();
        using FdPair pipe = FdPair.Pipe();
        Result.Is(0, Syscall.SetStatusFlags(append.Fd, StatusFlags.Append));
        long offset = 0;

        Result.Fails(Errno.EBADF, Syscall.CopyFileRange(source.Fd, append.Fd, 4));
        Result.Fails(Errno.EINVAL, Syscall.CopyFileRange(source.Fd, pipe.B, 4));
        Result.Fails(Errno.EINVAL, Syscall.CopyFileRange(
            source.Fd, ref offset, source.Fd, 4)); // The ranges overlap.
        Result.Fails(Errno.EBADF, Syscall.CopyFileRange(default, source.Fd, 4));
        Assert.Empty(append.Content);
    }
}

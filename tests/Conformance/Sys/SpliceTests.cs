// splice: what moves, what 0 and each errno mean, with and without offsets.
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Sys;

[KernelOnly(Why.NotTheLibrary)]
public sealed class SpliceTests
{
    private const SpliceFlags NonBlock = SpliceFlags.NonBlock;

    [Fact]
    public void Bytes_go_from_TCP_through_a_pipe_to_TCP()
    {
        using FdPair left = FdPair.Tcp();
        using FdPair right = FdPair.Tcp();
        using FdPair pipe = FdPair.Pipe();
        byte[] sent = Result.Bytes(10_000);
        Result.Is(sent.Length, Syscall.Send(left.A, sent, MessageFlags.None));
        byte[] received = new byte[sent.Length];
        int total = 0;
        while (total < sent.Length)
        {
            Result.WaitFor(left.B, PollEvents.In);
            nint filled = Result.Ok(Syscall.Splice(left.B, pipe.B, 65536, NonBlock));
            Result.Is(filled, Syscall.Splice(pipe.A, right.A, 65536, NonBlock));
            for (nint pending = filled; pending > 0;)
            {
                Result.WaitFor(right.B, PollEvents.In);
                nint count = Result.Ok(
                    Syscall.Recv(right.B, received.AsSpan(total), MessageFlags.None));
                total += (int)count;
                pending -= count;
            }
        }

        Assert.Equal(sent, received);
    }

    [Fact]
    public void An_end_that_is_not_ready_says_EAGAIN()
    {
        using FdPair socket = FdPair.Tcp();
        using FdPair pipe = FdPair.Pipe();

        Result.Fails(Errno.EAGAIN, Syscall.Splice(socket.A, pipe.B, 65536, NonBlock));
        Result.Fails(Errno.EAGAIN, Syscall.Splice(pipe.A, socket.A, 65536, NonBlock));

        Result.Is(65536, Syscall.Write(pipe.B, new byte[65536]));
        Result.Is(1, Syscall.Send(socket.B, "x"u8, MessageFlags.None));
        Result.WaitFor(socket.A, PollEvents.In);
        Result.Fails(Errno.EAGAIN, Syscall.Splice(socket.A, pipe.B, 65536, NonBlock));
    }

    [Fact]
    public void Zero_is_the_end_of_a_stream()
    {
        using FdPair socket = FdPair.Unix();
        using FdPair pipe = FdPair.Pipe();
        using FdPair other = FdPair.Pipe();
        Result.Is(0, Syscall.Shutdown(socket.B, ShutdownHow.Send));
        other.Second.Dispose();

        Result.Is(0, Syscall.Splice(socket.A, pipe.B, 4096, NonBlock));
        Result.Is(0, Syscall.Splice(other.A, socket.A, 4096, NonBlock));
    }

    [Fact]
    public void A_closed_destination_says_EPIPE()
    {
        using FdPair socket = FdPair.Unix();
        using FdPair pipe = FdPair.Pipe();
        using FdPair broken = FdPair.Pipe();
        Result.Is(1, Syscall.Write(pipe.B, "x"u8));
        Result.Is(1, Syscall.Send(socket.A, "x"u8, MessageFlags.None));
        Result.Is(0, Syscall.Shutdown(socket.A, ShutdownHow.Send));
        broken.First.Dispose();

        Result.Fails(Errno.EPIPE, Syscall.Splice(pipe.A, socket.A, 4096, NonBlock));
        Result.Fails(Errno.EPIPE, Syscall.Splice(socket.B, broken.B, 4096, NonBlock));
    }

    [Fact]
    public void A_pair_that_cannot_splice_says_EINVAL_and_nothing_moves()
    {
        using FdPair socket = FdPair.Unix();
        using FdPair pipe = FdPair.Pipe();
        using TestFile file = new();
        Result.Is(0, Syscall.SetStatusFlags(file.Fd, StatusFlags.Append));
        Result.Is(3, Syscall.Write(pipe.B, "abc"u8));

        Result.Fails(Errno.EINVAL, Syscall.Splice(socket.A, socket.B, 4096, NonBlock));
        Result.Fails(Errno.EINVAL, Syscall.Splice(pipe.A, file.Fd, 4096, NonBlock));
        Result.Fails(Errno.EINVAL, Syscall.Splice(pipe.A, pipe.B, 4096, NonBlock));
        Result.Is(0, Syscall.BytesAvailable(pipe.A, out int left));
        Assert.Equal(3, left);
    }

    [Fact]
    public void A_descriptor_that_is_not_open_says_EBADF()
    {
        using FdPair pipe = FdPair.Pipe();

        Result.Fails(Errno.EBADF, Syscall.Splice(default, pipe.B, 4096, NonBlock));
        Result.Fails(Errno.EBADF, Syscall.Splice(pipe.B, pipe.A, 4096, NonBlock));
    }

    [Fact]
    public void An_offset_moves_on_and_the_position_of_the_file_stays()
    {
        byte[] content = Result.Bytes(3000);
        using TestFile source = new(content);
        using TestFile destination = new();
        using FdPair pipe = FdPair.Pipe();
        long from = 1000;
        long to = 10;

        Result.Is(2000, Syscall.Splice(source.Fd, ref from, pipe.B, 65536, NonBlock));
        Result.Is(2000, Syscall.Splice(pipe.A, destination.Fd, ref to, 65536, NonBlock));

        Assert.Equal((3000, 2010), (from, to));
        Result.Is(0, Syscall.Seek(source.Fd, 0, SeekFrom.Current));
        Result.Is(0, Syscall.Seek(destination.Fd, 0, SeekFrom.Current));
        Assert.Equal(content[1000..], destination.Content[10..]);
        Result.Is(0, Syscall.Splice(source.Fd, ref from, pipe.B, 65536, NonBlock));
    }

    [Fact]
    public void An_offset_of_what_cannot_seek_is_refused()
    {
        using FdPair socket = FdPair.Unix();
        using FdPair pipe = FdPair.Pipe();
        using FdPair other = FdPair.Pipe();
        Result.Is(1, Syscall.Write(pipe.B, "x"u8));
        long offset = 0;

        Result.Fails(
            Errno.ESPIPE, Syscall.Splice(pipe.A, ref offset, other.B, 4096, NonBlock));
        Result.Fails(
            Errno.ESPIPE, Syscall.Splice(pipe.A, other.B, ref offset, 4096, NonBlock));
        Result.Fails(
            Errno.EINVAL, Syscall.Splice(socket.A, ref offset, pipe.B, 4096, NonBlock));
        Result.Fails(
            Errno.EINVAL, Syscall.Splice(pipe.A, socket.A, ref offset, 4096, NonBlock));
        Assert.Equal(0, offset);
    }

    [Fact]
    public void Any_length_is_cut_to_what_the_kernel_takes()
    {
        using FdPair pipe = FdPair.Pipe();
        using FdPair other = FdPair.Pipe();
        Result.Is(3, Syscall.Write(pipe.B, "abc"u8));

        Result.Is(3, Syscall.Splice(pipe.A, other.B, nuint.MaxValue, NonBlock));
    }
}

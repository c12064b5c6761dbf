// tee and vmsplice: pipes that share pages.
using System.Runtime.InteropServices;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Sys;

[KernelOnly(Why.NotTheLibrary)]
public sealed class TeeTests
{
    private const SpliceFlags NonBlock = SpliceFlags.NonBlock;

    [Fact]
    public void Tee_repeats_from_the_head_and_consumes_nothing()
    {
        using FdPair source = FdPair.Pipe();
        using FdPair copy = FdPair.Pipe();
        Result.Is(5, Syscall.Write(source.B, "hello"u8));

        Result.Is(4, Syscall.Tee(source.A, copy.B, 4, NonBlock));
        Result.Is(5, Syscall.Tee(source.A, copy.B, nuint.MaxValue, NonBlock));

        Span<byte> buffer = stackalloc byte[16];
        Result.Is(9, Syscall.Read(copy.A, buffer));
        Assert.Equal("hellhello"u8, buffer[..9]);
        Result.Is(5, Syscall.Read(source.A, buffer));
        Assert.Equal("hello"u8, buffer[..5]);
    }

    [Fact]
    public void Tee_says_EAGAIN_for_an_empty_source_and_for_a_full_destination()
    {
        using FdPair source = FdPair.Pipe();
        using FdPair copy = FdPair.Pipe();

        Result.Fails(Errno.EAGAIN, Syscall.Tee(source.A, copy.B, 4096, NonBlock));
        Result.Is(65536, Syscall.Write(copy.B, new byte[65536]));
        Result.Is(1, Syscall.Write(source.B, "x"u8));
        Result.Fails(Errno.EAGAIN, Syscall.Tee(source.A, copy.B, 4096, NonBlock));
    }

    [Fact]
    public void Tee_says_0_at_the_end_and_an_errno_for_misuse()
    {
        using FdPair source = FdPair.Pipe();
        using FdPair copy = FdPair.Pipe();
        using FdPair socket = FdPair.Unix();
        Result.Is(1, Syscall.Write(source.B, "x"u8));

        Result.Fails(Errno.EINVAL, Syscall.Tee(socket.A, copy.B, 4096, NonBlock));
        Result.Fails(Errno.EINVAL, Syscall.Tee(source.A, source.B, 4096, NonBlock));
        Result.Fails(Errno.EBADF, Syscall.Tee(default, copy.B, 4096, NonBlock));

        Result.Is(1, Syscall.Read(source.A, stackalloc byte[1]));
        source.Second.Dispose();
        Result.Is(0, Syscall.Tee(source.A, copy.B, 4096, NonBlock));
    }

    [Fact]
    public void Tee_says_EPIPE_when_the_destination_has_no_reader()
    {
        using FdPair source = FdPair.Pipe();
        using FdPair copy = FdPair.Pipe();
        Result.Is(1, Syscall.Write(source.B, "x"u8));
        copy.First.Dispose();

        Result.Fails(Errno.EPIPE, Syscall.Tee(source.A, copy.B, 4096, NonBlock));
    }

    [Fact]
    public unsafe void Vmsplice_lends_pages_to_a_pipe_by_reference()
    {
        using FdPair pipe = FdPair.Pipe();
        byte* page = (byte*)NativeMemory.AlignedAlloc(4096, 4096);
        try
        {
            new Span<byte>(page, 4096).Fill(1);
            Result.Is(4096, Syscall.Vmsplice(pipe.B, page, 4096, NonBlock));
            new Span<byte>(page, 4096).Fill(2); // Not a copy: the reader sees this.

            byte[] read = new byte[4096];
            Result.Is(4096, Syscall.Read(pipe.A, read));
            Assert.All(read, value => Assert.Equal(2, value));
        }
        finally
        {
            NativeMemory.AlignedFree(page);
        }
    }

    [Fact]
    public unsafe void Vmsplice_on_a_read_end_copies_out()
    {
        using FdPair pipe = FdPair.Pipe();
        byte* buffer = stackalloc byte[8];

        Result.Fails(Errno.EAGAIN, Syscall.Vmsplice(pipe.A, buffer, 8, NonBlock));
        Result.Is(3, Syscall.Write(pipe.B, "abc"u8));
        Result.Is(3, Syscall.Vmsplice(pipe.A, buffer, 8, NonBlock));
        Assert.Equal("abc"u8, new ReadOnlySpan<byte>(buffer, 3));
    }

    [Fact]
    public unsafe void Vmsplice_says_an_errno_for_what_is_no_pipe()
    {
        using FdPair socket = FdPair.Unix();
        using FdPair broken = FdPair.Pipe();
        broken.First.Dispose();
        byte* buffer = stackalloc byte[8];

        Result.Fails(Errno.EBADF, Syscall.Vmsplice(socket.A, buffer, 8, NonBlock));
        Result.Fails(Errno.EPIPE, Syscall.Vmsplice(broken.B, buffer, 8, NonBlock));
    }
}

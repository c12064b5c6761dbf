// Pairs of descriptors for the tests of system calls, closed with the test.
using System.Net;
using Microsoft.Win32.SafeHandles;
using Xunit;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Sys;

/// <summary>Two connected descriptors: the ends of a pipe, or two sockets.</summary>
internal sealed class FdPair : IDisposable
{
    private FdPair(nint first, nint second)
    {
        First = OwnedFd.FromRaw((int)first);
        Second = OwnedFd.FromRaw((int)second);
    }

    /// <summary>Of a pipe, the end to read from.</summary>
    public OwnedFd First { get; }

    /// <summary>Of a pipe, the end to write to.</summary>
    public OwnedFd Second { get; }

    public BorrowedFd A => First.Borrow();

    public BorrowedFd B => Second.Borrow();

    public static FdPair Pipe(PipeFlags flags = PipeFlags.NonBlocking)
    {
        Result.Ok(Syscall.Pipe2(out int read, out int write, flags | PipeFlags.CloseOnExec));
        return new FdPair(read, write);
    }

    public static FdPair Unix(
        SocketKind kind = SocketKind.Stream, SocketFlags flags = SocketFlags.NonBlocking)
    {
        Result.Ok(Syscall.SocketPair(
            kind, flags | SocketFlags.CloseOnExec, out int first, out int second));
        return new FdPair(first, second);
    }

    public static FdPair Tcp(SocketFlags flags = SocketFlags.NonBlocking)
    {
        flags |= SocketFlags.CloseOnExec;
        using OwnedFd listener = TcpListener(out byte[] address);
        nint client = Result.Ok(Syscall.Socket(
            SocketDomain.Inet, SocketKind.Stream, SocketFlags.CloseOnExec));
        BorrowedFd fd = BorrowedFd.FromRaw((int)client);
        Result.Ok(Syscall.Connect(fd, address));
        if (flags.HasFlag(SocketFlags.NonBlocking))
        {
            Result.Ok(Syscall.SetStatusFlags(fd, StatusFlags.NonBlocking));
        }

        return new FdPair(client, Result.Ok(Syscall.Accept4(listener.Borrow(), flags)));
    }

    public static OwnedFd TcpListener(out byte[] address)
    {
        OwnedFd listener = OwnedFd.FromRaw((int)Result.Ok(Syscall.Socket(
            SocketDomain.Inet, SocketKind.Stream, SocketFlags.CloseOnExec)));
        Result.Ok(Syscall.Bind(listener.Borrow(), Loopback(0)));
        Result.Ok(Syscall.Listen(listener.Borrow(), 16));
        byte[] room = new byte[128];
        Result.Ok(Syscall.GetSocketName(listener.Borrow(), room, out int length));
        address = room[..length];
        return listener;
    }

    public static byte[] Loopback(int port)
    {
        SocketAddress address = new IPEndPoint(IPAddress.Loopback, port).Serialize();
        return address.Buffer.Span[..address.Size].ToArray();
    }

    public void Dispose()
    {
        First.Dispose();
        Second.Dispose();
    }
}

/// <summary>A temporary file without a name left behind.</summary>
internal sealed class TestFile : IDisposable
{
    private readonly SafeFileHandle _handle = File.OpenHandle(
        Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), FileMode.CreateNew,
        FileAccess.ReadWrite, FileShare.ReadWrite, FileOptions.DeleteOnClose);

    private FdLease _lease;

    public TestFile(ReadOnlySpan<byte> content = default)
    {
        Assert.True(FdLease.TryAcquire(_handle, out _lease));
        RandomAccess.Write(_handle, content, fileOffset: 0);
    }

    public BorrowedFd Fd => _lease.Fd;

    public byte[] Content
    {
        get
        {
            byte[] content = new byte[RandomAccess.GetLength(_handle)];
            Assert.Equal(content.Length, RandomAccess.Read(_handle, content, fileOffset: 0));
            return content;
        }
    }

    public void Dispose()
    {
        _lease.Dispose();
        _handle.Dispose();
    }
}

/// <summary>Short forms of what nearly every test asserts.</summary>
internal static class Result
{
    public static nint Ok(SysResult result)
    {
        Assert.False(result.IsError, $"failed with {result}");
        return result.Value;
    }

    public static void Is(nint expected, SysResult result) => Assert.Equal(expected, Ok(result));

    public static void Fails(Errno expected, SysResult result) =>
        Assert.Equal(expected, result.Errno);

    public static void WaitFor(BorrowedFd fd, PollEvents events) =>
        Is(1, Syscall.Poll([new PollFd(fd, events)], timeoutMs: 10_000));

    public static byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }
}

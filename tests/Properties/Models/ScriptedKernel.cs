using Zerocopy.Sys;

namespace Zerocopy.Properties.Models;

/// <summary>Sockets that give and take what a test's script says, until one is spliced, which would block. Keeps what
/// it was asked to read.</summary>
/// <param name="receive">Bytes that a read of so many gets; the number of the read, from 0.</param>
/// <param name="send">What a write of so many does; the number of the write, from 0.</param>
internal sealed unsafe class ScriptedKernel(Func<int, int, int> receive, Func<int, int, Moved> send) : IKernel
{
    private int _sends;

    internal List<string> Reads { get; } = [];

    public Moved Receive(BorrowedFd socket, bool isUnix, byte* buffer, int length)
    {
        int count = receive(Reads.Count, length);
        Reads.Add($"recv {length}");
        return Moved.Bytes(count);
    }

    public Moved Send(BorrowedFd socket, byte* buffer, int length) => send(_sends++, length);

    public Moved Splice(BorrowedFd source, BorrowedFd destination, int length, long offset)
    {
        Reads.Add($"splice {length}");
        return Moved.WouldBlock;
    }

    public Moved OpenPipe(int capacityBytes, out int readEnd, out int writeEnd)
    {
        readEnd = 5;
        writeEnd = 6;
        return Moved.Bytes(capacityBytes);
    }

    public Moved Accept(BorrowedFd listener, Span<byte> address, out int addressLength)
        => throw new NotSupportedException();

    public Moved OpenSocket(SocketDomain domain) => throw new NotSupportedException();

    public Moved Connect(BorrowedFd socket, ReadOnlySpan<byte> address) => throw new NotSupportedException();

    public int TakeError(BorrowedFd socket) => throw new NotSupportedException();

    public void SetNoDelay(BorrowedFd tcpSocket) => throw new NotSupportedException();

    public void SetLinger(BorrowedFd socket, bool reset) => throw new NotSupportedException();

    public void Close(int fd) => throw new NotSupportedException();

    public void ClosePipe(int readEnd, int writeEnd)
    {
    }

    public Moved Peek(BorrowedFd socket) => Moved.Failed((int)Errno.EOPNOTSUPP);

    public Moved PeekBytes(BorrowedFd socket, bool isUnix, byte* buffer, int length)
    {
        int count = receive(Reads.Count, length);
        Reads.Add($"peek {length}");
        return Moved.Bytes(count);
    }

    public Moved TakePeeked(BorrowedFd socket, bool isUnix, byte* buffer, int length)
    {
        Reads.Add($"take {length}");
        return Moved.Bytes(length);
    }

    public Moved ReadPipe(BorrowedFd readEnd, byte* buffer, int length) => Moved.Failed((int)Errno.EOPNOTSUPP);

    public Moved WritePipe(BorrowedFd writeEnd, byte* buffer, int length) => Moved.Failed((int)Errno.EOPNOTSUPP);

    public Moved WriteFile(BorrowedFd file, byte* buffer, int length, long offset)
        => Moved.Failed((int)Errno.EOPNOTSUPP);

    public Moved ReadFile(BorrowedFd file, byte* buffer, int length, long offset)
        => Moved.Failed((int)Errno.EOPNOTSUPP);

    public long SizeOf(BorrowedFd file) => 0;

    public Moved MoveFile(
        TransferRoute route, BorrowedFd file, long offset, BorrowedFd destination, long destinationOffset, int length)
        => Moved.Failed((int)Errno.EOPNOTSUPP);

    public Moved ReadForeignPipe(BorrowedFd readEnd, byte* buffer, int length) => Moved.Failed((int)Errno.EOPNOTSUPP);

    public Moved WriteForeignPipe(BorrowedFd writeEnd, byte* buffer, int length) => Moved.Failed((int)Errno.EOPNOTSUPP);

    public Moved Tee(BorrowedFd source, BorrowedFd destination, int length) => Moved.Failed((int)Errno.EOPNOTSUPP);

    public void Ask(BorrowedFd source, BorrowedFd destination, out bool canRead, out bool canWrite)
        => canRead = canWrite = true;

    public bool IsPipeAtEnd(BorrowedFd readEnd) => false;

    public bool PeerMayHaveFinished(BorrowedFd tcpSocket) => true;

    public int DeathOf(BorrowedFd socket, bool isUnix) => 0;

    public Moved ShutdownSend(BorrowedFd socket) => Moved.Bytes(0);
}

using Zerocopy.Sys;

namespace Zerocopy.Properties.Models;

/// <summary>Sockets that give and take what a test's script says, until one is spliced, which would block. Keeps what
/// it was asked to read.</summary>
/// <param name="receive">Bytes that a read of so many gets; the number of the read, from 0.</param>
/// <param name="send">What a write of so many does; the number of the write, from 0.</param>
internal sealed unsafe class ScriptedKernel(Func<int, int, int> receive, Func<int, int, Moved> send) : StubKernel
{
    private int _sends;

    internal List<string> Reads { get; } = [];

    /// <summary>What the source has received, whenever it is asked.</summary>
    public override Moved Receive(BorrowedFd socket, bool isUnix, byte* buffer, int length)
    {
        int count = receive(Reads.Count, length);
        Reads.Add($"recv {length}");
        return Moved.Bytes(count);
    }

    public override Moved Send(BorrowedFd socket, byte* buffer, int length) => send(_sends++, length);

    public override Moved Splice(BorrowedFd source, BorrowedFd destination, int length, long offset)
    {
        Reads.Add($"splice {length}");
        return Moved.WouldBlock;
    }

    public override Moved OpenPipe(int capacityBytes, out int readEnd, out int writeEnd)
    {
        readEnd = 5;
        writeEnd = 6;
        return Moved.Bytes(capacityBytes);
    }

    public override void ClosePipe(int readEnd, int writeEnd)
    {
    }

    public override Moved Peek(BorrowedFd socket) => Moved.Failed((int)Errno.EOPNOTSUPP);

    public override Moved PeekBytes(BorrowedFd socket, bool isUnix, byte* buffer, int length)
    {
        int count = receive(Reads.Count, length);
        Reads.Add($"peek {length}");
        return Moved.Bytes(count);
    }

    public override Moved TakePeeked(BorrowedFd socket, bool isUnix, byte* buffer, int length)
    {
        Reads.Add($"take {length}");
        return Moved.Bytes(length);
    }

    public override Moved ReadPipe(BorrowedFd readEnd, byte* buffer, int length) => Moved.Failed((int)Errno.EOPNOTSUPP);

    public override Moved WritePipe(BorrowedFd writeEnd, byte* buffer, int length)
        => Moved.Failed((int)Errno.EOPNOTSUPP);

    public override Moved WriteFile(BorrowedFd file, byte* buffer, int length, long offset)
        => Moved.Failed((int)Errno.EOPNOTSUPP);

    public override Moved ReadFile(BorrowedFd file, byte* buffer, int length, long offset)
        => Moved.Failed((int)Errno.EOPNOTSUPP);

    public override long SizeOf(BorrowedFd file) => 0;

    public override Moved MoveFile(
        TransferMechanism route,
        BorrowedFd file,
        long offset,
        BorrowedFd destination,
        long destinationOffset,
        int length)
        => Moved.Failed((int)Errno.EOPNOTSUPP);

    public override Moved ReadForeignPipe(BorrowedFd readEnd, byte* buffer, int length)
        => Moved.Failed((int)Errno.EOPNOTSUPP);

    public override Moved WriteForeignPipe(BorrowedFd writeEnd, byte* buffer, int length)
        => Moved.Failed((int)Errno.EOPNOTSUPP);

    public override Moved Tee(BorrowedFd source, BorrowedFd destination, int length)
        => Moved.Failed((int)Errno.EOPNOTSUPP);

    public override void Ask(BorrowedFd source, BorrowedFd destination, out bool canRead, out bool canWrite)
        => canRead = canWrite = true;

    public override bool IsPipeAtEnd(BorrowedFd readEnd) => false;

    public override bool PeerMayHaveFinished(BorrowedFd tcpSocket) => true;

    public override int DeathOf(BorrowedFd socket, bool isUnix) => 0;

    public override Moved ShutdownSend(BorrowedFd socket) => Moved.Bytes(0);
}

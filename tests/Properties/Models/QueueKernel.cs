using Xunit;
using Zerocopy.Sys;

namespace Zerocopy.Properties.Models;

/// <summary>Pipes as queues of bytes, each call moving a random part. None of them knows RWF_NOWAIT, and none may be
/// read or written plainly but those of the library.</summary>
internal sealed unsafe class QueueKernel(Random random) : IKernel
{
    private readonly Dictionary<int, Queue<byte>> _queues = [];
    private readonly HashSet<int> _own = [];
    private int _next = 10;

    internal const int CapacityBytes = 100;

    internal int OwnPipes => _own.Count / 2;

    /// <summary>A pipe of somebody else.</summary>
    internal (int ReadEnd, int WriteEnd, Queue<byte> Content) OpenForeign()
    {
        Queue<byte> content = new();
        (int readEnd, int writeEnd) = (_next++, _next++);
        _queues[readEnd] = _queues[writeEnd] = content;
        return (readEnd, writeEnd, content);
    }

    public Moved ReadForeignPipe(BorrowedFd readEnd, byte* buffer, int length) => Moved.Failed((int)Errno.EOPNOTSUPP);

    public Moved WriteForeignPipe(BorrowedFd writeEnd, byte* buffer, int length) => Moved.Failed((int)Errno.EOPNOTSUPP);

    public Moved Splice(BorrowedFd source, BorrowedFd destination, int length, long offset)
    {
        Queue<byte> from = _queues[source.Raw];
        Queue<byte> to = _queues[destination.Raw];
        int most = Math.Min(length, Math.Min(from.Count, CapacityBytes - to.Count));
        int count = most == 0 ? 0 : random.Next(1, most + 1);
        for (int i = 0; i < count; i++)
        {
            to.Enqueue(from.Dequeue());
        }

        return count == 0 ? Moved.WouldBlock : Moved.Bytes(count);
    }

    public Moved ReadPipe(BorrowedFd readEnd, byte* buffer, int length)
    {
        Assert.Contains(readEnd.Raw, _own);
        Queue<byte> from = _queues[readEnd.Raw];
        int most = Math.Min(length, from.Count);
        int count = most == 0 ? 0 : random.Next(1, most + 1);
        for (int i = 0; i < count; i++)
        {
            buffer[i] = from.Dequeue();
        }

        return count == 0 ? Moved.WouldBlock : Moved.Bytes(count);
    }

    public Moved WritePipe(BorrowedFd writeEnd, byte* buffer, int length)
    {
        Assert.Contains(writeEnd.Raw, _own);
        Queue<byte> to = _queues[writeEnd.Raw];
        int most = Math.Min(length, CapacityBytes - to.Count);
        int count = most == 0 ? 0 : random.Next(1, most + 1);
        for (int i = 0; i < count; i++)
        {
            to.Enqueue(buffer[i]);
        }

        return count == 0 ? Moved.WouldBlock : Moved.Bytes(count);
    }

    public Moved OpenPipe(int capacityBytes, out int readEnd, out int writeEnd)
    {
        (readEnd, writeEnd, _) = OpenForeign();
        _own.UnionWith([readEnd, writeEnd]);
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

    public void ClosePipe(int readEnd, int writeEnd) => _own.ExceptWith([readEnd, writeEnd]);

    public void Ask(BorrowedFd source, BorrowedFd destination, out bool canRead, out bool canWrite)
        => throw Unexpected();

    public bool IsPipeAtEnd(BorrowedFd readEnd) => false;

    public Moved Receive(BorrowedFd socket, bool isUnix, byte* buffer, int length) => throw Unexpected();

    public Moved Peek(BorrowedFd socket) => throw Unexpected();

    public Moved PeekBytes(BorrowedFd socket, bool isUnix, byte* buffer, int length) => throw Unexpected();

    public Moved TakePeeked(BorrowedFd socket, bool isUnix, byte* buffer, int length) => throw Unexpected();

    public Moved Send(BorrowedFd socket, byte* buffer, int length) => throw Unexpected();

    public Moved Tee(BorrowedFd source, BorrowedFd destination, int length) => throw Unexpected();

    public Moved WriteFile(BorrowedFd file, byte* buffer, int length, long offset) => throw Unexpected();

    public Moved ReadFile(BorrowedFd file, byte* buffer, int length, long offset) => throw Unexpected();

    public long SizeOf(BorrowedFd file) => throw Unexpected();

    public Moved MoveFile(
        TransferRoute route, BorrowedFd file, long offset, BorrowedFd destination, long destinationOffset, int length)
        => throw Unexpected();

    public bool PeerMayHaveFinished(BorrowedFd tcpSocket) => throw Unexpected();

    public int DeathOf(BorrowedFd socket, bool isUnix) => throw Unexpected();

    public Moved ShutdownSend(BorrowedFd socket) => throw Unexpected();

    private static InvalidOperationException Unexpected() => new("no call for a pipe");
}

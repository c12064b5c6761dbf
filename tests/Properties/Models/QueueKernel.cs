using Xunit;
using Zerocopy.Sys;

namespace Zerocopy.Properties.Models;

/// <summary>Pipes as queues of bytes, each call moving a random part. None of them knows RWF_NOWAIT, and none may be
/// read or written plainly but those of the library.</summary>
internal sealed unsafe class QueueKernel(Random random) : StubKernel
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

    public override Moved ReadForeignPipe(BorrowedFd readEnd, byte* buffer, int length)
        => Moved.Failed((int)Errno.EOPNOTSUPP);

    public override Moved WriteForeignPipe(BorrowedFd writeEnd, byte* buffer, int length)
        => Moved.Failed((int)Errno.EOPNOTSUPP);

    public override Moved Splice(BorrowedFd source, BorrowedFd destination, int length, long offset)
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

    public override Moved ReadPipe(BorrowedFd readEnd, byte* buffer, int length)
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

    public override Moved WritePipe(BorrowedFd writeEnd, byte* buffer, int length)
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

    public override Moved OpenPipe(int capacityBytes, out int readEnd, out int writeEnd)
    {
        (readEnd, writeEnd, _) = OpenForeign();
        _own.UnionWith([readEnd, writeEnd]);
        return Moved.Bytes(capacityBytes);
    }

    public override void ClosePipe(int readEnd, int writeEnd) => _own.ExceptWith([readEnd, writeEnd]);

    public override bool IsPipeAtEnd(BorrowedFd readEnd) => false;
}

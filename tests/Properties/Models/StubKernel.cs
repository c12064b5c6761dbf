using Zerocopy.Sys;

namespace Zerocopy.Properties.Models;

/// <summary>A kernel of which a test needs a few calls: it overrides these, and no other may be made.</summary>
internal abstract unsafe class StubKernel : IKernel
{
    public virtual Moved Receive(BorrowedFd socket, bool isUnix, byte* buffer, int length) => throw Unexpected();

    public virtual Moved Peek(BorrowedFd socket) => throw Unexpected();

    public virtual Moved PeekBytes(BorrowedFd socket, bool isUnix, byte* buffer, int length) => throw Unexpected();

    public virtual Moved TakePeeked(BorrowedFd socket, bool isUnix, byte* buffer, int length) => throw Unexpected();

    public virtual Moved Send(BorrowedFd socket, byte* buffer, int length) => throw Unexpected();

    public virtual Moved Splice(BorrowedFd source, BorrowedFd destination, int length, long offset)
        => throw Unexpected();

    public virtual Moved Tee(BorrowedFd source, BorrowedFd destination, int length) => throw Unexpected();

    public virtual Moved ReadPipe(BorrowedFd readEnd, byte* buffer, int length) => throw Unexpected();

    public virtual Moved WritePipe(BorrowedFd writeEnd, byte* buffer, int length) => throw Unexpected();

    public virtual Moved WriteFile(BorrowedFd file, byte* buffer, int length, long offset) => throw Unexpected();

    public virtual Moved ReadFile(BorrowedFd file, byte* buffer, int length, long offset) => throw Unexpected();

    public virtual FilePages AskPages(BorrowedFd file, long offset) => throw Unexpected();

    public virtual long SizeOf(BorrowedFd file) => throw Unexpected();

    public virtual Moved MoveFile(
        TransferMechanism route,
        BorrowedFd file,
        long offset,
        BorrowedFd destination,
        long destinationOffset,
        int length)
        => throw Unexpected();

    public virtual Moved ReadForeignPipe(BorrowedFd readEnd, byte* buffer, int length) => throw Unexpected();

    public virtual Moved WriteForeignPipe(BorrowedFd writeEnd, byte* buffer, int length) => throw Unexpected();

    public virtual bool IsPipeAtEnd(BorrowedFd readEnd) => throw Unexpected();

    public virtual void Ask(BorrowedFd source, BorrowedFd destination, out bool canRead, out bool canWrite)
        => throw Unexpected();

    public virtual bool PeerMayHaveFinished(BorrowedFd tcpSocket) => throw Unexpected();

    public virtual int DeathOf(BorrowedFd socket, bool isUnix) => throw Unexpected();

    public virtual Moved ShutdownSend(BorrowedFd socket) => throw Unexpected();

    public virtual void ShutdownBoth(BorrowedFd socket) => throw Unexpected();

    public virtual Moved Accept(BorrowedFd listener, Span<byte> address, out int addressLength) => throw Unexpected();

    public virtual Moved OpenSocket(SocketDomain domain) => throw Unexpected();

    public virtual Moved Connect(BorrowedFd socket, ReadOnlySpan<byte> address) => throw Unexpected();

    public virtual int TakeError(BorrowedFd socket) => throw Unexpected();

    public virtual void SetNoDelay(BorrowedFd tcpSocket) => throw Unexpected();

    public virtual void SetLinger(BorrowedFd socket, bool reset) => throw Unexpected();

    public virtual void Close(int fd) => throw Unexpected();

    public virtual Moved OpenPipe(int capacityBytes, out int readEnd, out int writeEnd) => throw Unexpected();

    public virtual void ClosePipe(int readEnd, int writeEnd) => throw Unexpected();

    private protected static NotSupportedException Unexpected() => new("a call that this test has no use for");
}

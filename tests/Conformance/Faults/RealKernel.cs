// The real kernel, beneath whatever a test changes of it.
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Faults;

/// <summary>Passes every call on. For whoever is given it.</summary>
internal abstract unsafe class RealKernel : IKernel
{
    private readonly LinuxKernel _kernel = LinuxKernel.Instance;

    public virtual Moved Splice(BorrowedFd source, BorrowedFd destination, int length, long offset)
        => _kernel.Splice(source, destination, length, offset);

    public virtual Moved Tee(BorrowedFd source, BorrowedFd destination, int length)
        => _kernel.Tee(source, destination, length);

    public virtual Moved Receive(BorrowedFd socket, bool isUnix, byte* buffer, int length)
        => _kernel.Receive(socket, isUnix, buffer, length);

    public virtual Moved PeekBytes(BorrowedFd socket, bool isUnix, byte* buffer, int length)
        => _kernel.PeekBytes(socket, isUnix, buffer, length);

    public virtual Moved TakePeeked(BorrowedFd socket, bool isUnix, byte* buffer, int length)
        => _kernel.TakePeeked(socket, isUnix, buffer, length);

    public virtual Moved Send(BorrowedFd socket, byte* buffer, int length) => _kernel.Send(socket, buffer, length);

    public virtual Moved ReadPipe(BorrowedFd readEnd, byte* buffer, int length)
        => _kernel.ReadPipe(readEnd, buffer, length);

    public virtual Moved WritePipe(BorrowedFd writeEnd, byte* buffer, int length)
        => _kernel.WritePipe(writeEnd, buffer, length);

    public virtual Moved ReadFile(BorrowedFd file, byte* buffer, int length, long offset)
        => _kernel.ReadFile(file, buffer, length, offset);

    public virtual Moved WriteFile(BorrowedFd file, byte* buffer, int length, long offset)
        => _kernel.WriteFile(file, buffer, length, offset);

    public virtual Moved MoveFile(
        TransferMechanism route,
        BorrowedFd file,
        long offset,
        BorrowedFd destination,
        long destinationOffset,
        int length)
        => _kernel.MoveFile(route, file, offset, destination, destinationOffset, length);

    public virtual Moved OpenPipe(int capacityBytes, out int readEnd, out int writeEnd)
        => _kernel.OpenPipe(capacityBytes, out readEnd, out writeEnd);

    public virtual void ClosePipe(int readEnd, int writeEnd) => _kernel.ClosePipe(readEnd, writeEnd);

    public Moved Peek(BorrowedFd socket) => _kernel.Peek(socket);

    public virtual FilePages AskPages(BorrowedFd file, long offset) => _kernel.AskPages(file, offset);

    public long SizeOf(BorrowedFd file) => _kernel.SizeOf(file);

    public virtual Moved ReadForeignPipe(BorrowedFd readEnd, byte* buffer, int length)
        => _kernel.ReadForeignPipe(readEnd, buffer, length);

    public virtual Moved WriteForeignPipe(BorrowedFd writeEnd, byte* buffer, int length)
        => _kernel.WriteForeignPipe(writeEnd, buffer, length);

    public bool IsPipeAtEnd(BorrowedFd readEnd) => _kernel.IsPipeAtEnd(readEnd);

    public virtual void Ask(BorrowedFd source, BorrowedFd destination, out bool canRead, out bool canWrite)
        => _kernel.Ask(source, destination, out canRead, out canWrite);

    public bool PeerMayHaveFinished(BorrowedFd tcpSocket) => _kernel.PeerMayHaveFinished(tcpSocket);

    public int DeathOf(BorrowedFd socket, bool isUnix) => _kernel.DeathOf(socket, isUnix);

    public Moved ShutdownSend(BorrowedFd socket) => _kernel.ShutdownSend(socket);

    public void ShutdownBoth(BorrowedFd socket) => _kernel.ShutdownBoth(socket);

    public virtual Moved Accept(BorrowedFd listener, Span<byte> address, out int addressLength)
        => _kernel.Accept(listener, address, out addressLength);

    public virtual Moved OpenSocket(SocketDomain domain) => _kernel.OpenSocket(domain);

    public virtual Moved Connect(BorrowedFd socket, ReadOnlySpan<byte> address) => _kernel.Connect(socket, address);

    public int TakeError(BorrowedFd socket) => _kernel.TakeError(socket);

    public void SetNoDelay(BorrowedFd tcpSocket) => _kernel.SetNoDelay(tcpSocket);

    public void SetLinger(BorrowedFd socket, bool reset) => _kernel.SetLinger(socket, reset);

    public void Close(int fd) => _kernel.Close(fd);
}

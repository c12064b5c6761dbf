using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>The seam: the few calls that the flow makes to the kernel. A simulated kernel stands here in
/// tests/Properties and returns any legal result at any call.</summary>
/// <remarks>Descriptors are borrowed: the caller holds a lease on their handle, or owns the pipe. No call blocks,
/// throws or allocates; EINTR never comes out.</remarks>
internal unsafe interface IKernel
{
    /// <summary>Reads a socket: recv for TCP, recvmsg for unix, which tells when passed descriptors cut it
    /// short.</summary>
    Moved Receive(BorrowedFd socket, bool isUnix, byte* buffer, int length);

    /// <summary>Looks at one byte of a socket without taking it; 0 is end of stream.</summary>
    Moved Peek(BorrowedFd socket);

    /// <summary>Looks at the bytes at the head of a TCP or unix socket without taking them: those that a <see
    /// cref="Receive"/> would take; 0 is end of stream.</summary>
    Moved PeekBytes(BorrowedFd socket, bool isUnix, byte* buffer, int length);

    /// <summary>Takes bytes that a <see cref="PeekBytes"/> has shown. What is in the buffer afterwards means
    /// nothing.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="isUnix">It copies them once more; TCP only drops them.</param>
    /// <param name="buffer">Room for them.</param>
    /// <param name="length">How many. Fewer are taken where passed descriptors cut a read short.</param>
    Moved TakePeeked(BorrowedFd socket, bool isUnix, byte* buffer, int length);

    /// <summary>Writes a socket, without SIGPIPE.</summary>
    Moved Send(BorrowedFd socket, byte* buffer, int length);

    /// <summary>splice(2), one of the two ends a pipe.</summary>
    /// <param name="source">A pipe's read end, or a stream socket.</param>
    /// <param name="destination">A pipe's write end, a stream socket, or a regular file.</param>
    /// <param name="length">At most so many bytes.</param>
    /// <param name="offset">Where in the file; -1 for what has no offset.</param>
    Moved Splice(BorrowedFd source, BorrowedFd destination, int length, long offset);

    /// <summary>tee(2): from the head of a pipe, which keeps its bytes, into another pipe.</summary>
    Moved Tee(BorrowedFd source, BorrowedFd destination, int length);

    /// <summary>Reads a pipe into memory.</summary>
    Moved ReadPipe(BorrowedFd readEnd, byte* buffer, int length);

    /// <summary>Writes a non-blocking pipe.</summary>
    Moved WritePipe(BorrowedFd writeEnd, byte* buffer, int length);

    /// <summary>Writes a regular file; may wait for the disk.</summary>
    /// <param name="file">The file.</param>
    /// <param name="buffer">The bytes.</param>
    /// <param name="length">How many.</param>
    /// <param name="offset">Where; -1: where the file's own offset or O_APPEND says.</param>
    Moved WriteFile(BorrowedFd file, byte* buffer, int length, long offset);

    /// <summary>Reads a regular file or a device; may wait for the disk.</summary>
    /// <param name="file">The file.</param>
    /// <param name="buffer">Where to.</param>
    /// <param name="length">At most so many bytes.</param>
    /// <param name="offset">From where; -1 for what has no offset.</param>
    Moved ReadFile(BorrowedFd file, byte* buffer, int length, long offset);

    /// <summary>Whether a byte of a regular file is in memory. Never waits for the disk.</summary>
    /// <param name="file">The file.</param>
    /// <param name="offset">Which byte; there has to be one.</param>
    FilePages AskPages(BorrowedFd file, long offset);

    /// <summary>The size of a regular file now, in bytes; 0 if it hides that.</summary>
    long SizeOf(BorrowedFd file);

    /// <summary>Moves bytes of a regular file on, by the call of the route: sendfile(2) to a socket, copy_file_range(2)
    /// to a file, splice(2) to a pipe.</summary>
    /// <param name="route">One of those.</param>
    /// <param name="file">The file.</param>
    /// <param name="offset">From where.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="destinationOffset">Where there, if that is a file.</param>
    /// <param name="length">At most so many bytes.</param>
    Moved MoveFile(
        TransferMechanism route,
        BorrowedFd file,
        long offset,
        BorrowedFd destination,
        long destinationOffset,
        int length);

    /// <summary>Reads a pipe that may be in blocking mode, because it is somebody else's too, without waiting
    /// (RWF_NOWAIT). A kernel that does not know how for this pipe says so: <see cref="KernelCall.NoWait"/>.</summary>
    Moved ReadForeignPipe(BorrowedFd readEnd, byte* buffer, int length);

    /// <summary>The same for writing.</summary>
    Moved WriteForeignPipe(BorrowedFd writeEnd, byte* buffer, int length);

    /// <summary>True if a pipe is empty and nobody can write it any more.</summary>
    bool IsPipeAtEnd(BorrowedFd readEnd);

    /// <summary>Asks both ends at once, without waiting, whether they are ready: would-block of one splice between them
    /// may mean either.</summary>
    void Ask(BorrowedFd source, BorrowedFd destination, out bool canRead, out bool canWrite);

    /// <summary>False when TCP itself says that no FIN of the peer has come, so that an end of stream just read was
    /// made by a close or shutdown of this process.</summary>
    bool PeerMayHaveFinished(BorrowedFd tcpSocket);

    /// <summary>The errno that a socket with an error pending has died of, 0 if it lives. Leaves the error pending:
    /// whoever reads the socket must see it too, or would take the reset for an end of stream.</summary>
    int DeathOf(BorrowedFd socket, bool isUnix);

    /// <summary>Sends FIN: shutdown(SHUT_WR).</summary>
    Moved ShutdownSend(BorrowedFd socket);

    /// <summary>Ends both directions: shutdown(SHUT_RDWR).</summary>
    void ShutdownBoth(BorrowedFd socket);

    /// <summary>Takes a waiting connection of a listening socket: non-blocking, close-on-exec.</summary>
    /// <param name="listener">Non-blocking.</param>
    /// <param name="address">Room for the peer's address.</param>
    /// <param name="addressLength">How long it is.</param>
    /// <returns>The number, now the caller's, or an errno.</returns>
    Moved Accept(BorrowedFd listener, Span<byte> address, out int addressLength);

    /// <summary>Makes a non-blocking, close-on-exec stream socket.</summary>
    /// <returns>The number, now the caller's, or an errno.</returns>
    Moved OpenSocket(SocketDomain domain);

    /// <summary>Begins to connect: EINPROGRESS if it goes on by itself, also where a signal has interrupted
    /// it.</summary>
    Moved Connect(BorrowedFd socket, ReadOnlySpan<byte> address);

    /// <summary>Takes the error that a socket has pending; 0 if there is none.</summary>
    int TakeError(BorrowedFd socket);

    /// <summary>TCP_NODELAY: what is written goes out at once.</summary>
    void SetNoDelay(BorrowedFd tcpSocket);

    /// <summary>SO_LINGER: the close is a reset, or leaves what is underway to the kernel; it never waits.</summary>
    void SetLinger(BorrowedFd socket, bool reset);

    /// <summary>Closes any descriptor. Whatever happens there, the number is free afterwards.</summary>
    void Close(int fd);

    /// <summary>Makes a close-on-exec, non-blocking pipe and asks for a capacity. Its two numbers are the caller's, to
    /// be closed by <see cref="ClosePipe"/>.</summary>
    /// <returns>The capacity as granted, in bytes, or an errno.</returns>
    Moved OpenPipe(int capacityBytes, out int readEnd, out int writeEnd);

    /// <summary>Closes both ends of a pipe.</summary>
    void ClosePipe(int readEnd, int writeEnd);
}

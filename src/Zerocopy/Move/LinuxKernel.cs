using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>The seam's real side: each call is one call of Zerocopy.Sys.</summary>
internal sealed unsafe class LinuxKernel : IKernel
{
    internal static LinuxKernel Instance { get; } = new();

    // MSG_NOSIGNAL everywhere: the runtime ignores SIGPIPE, a host that embeds it may not. MSG_DONTWAIT costs nothing
    // and covers handles whose O_NONBLOCK is not ours to set. No SPLICE_F_MORE, ever: on the last piece of a live
    // stream it corks for up to 400 ms.
    private const MessageFlags ReceiveFlags = MessageFlags.DontWait;
    private const MessageFlags SendFlags = MessageFlags.DontWait | MessageFlags.NoSignal;
    private const SpliceFlags MoveFlags = SpliceFlags.Move | SpliceFlags.NonBlock;

    public Moved Receive(BorrowedFd socket, bool isUnix, byte* buffer, int length)
    {
        if (!isUnix)
        {
            return Moved.FromRaw(Syscall.Recv(socket, buffer, (nuint)length, ReceiveFlags).Raw);
        }

        SysResult read = Syscall.RecvMsg(socket, buffer, (nuint)length, ReceiveFlags, out MessageFlags result);
        return Moved.FromRaw(read.Raw, cut: (result & MessageFlags.ControlTruncated) != 0);
    }

    public Moved Peek(BorrowedFd socket)
    {
        byte one;
        return Moved.FromRaw(Syscall.Recv(socket, &one, 1, ReceiveFlags | MessageFlags.Peek).Raw);
    }

    public Moved PeekBytes(BorrowedFd socket, bool isUnix, byte* buffer, int length)
    {
        const MessageFlags Flags = ReceiveFlags | MessageFlags.Peek;
        if (!isUnix)
        {
            return Moved.FromRaw(Syscall.Recv(socket, buffer, (nuint)length, Flags).Raw);
        }

        SysResult seen = Syscall.RecvMsg(socket, buffer, (nuint)length, Flags, out MessageFlags result);
        return Moved.FromRaw(seen.Raw, cut: (result & MessageFlags.ControlTruncated) != 0);
    }

    // MSG_TRUNC drops what TCP has in order, since 2.4 (tcp(7)). Unix streams do not know it.
    public Moved TakePeeked(BorrowedFd socket, bool isUnix, byte* buffer, int length)
        => Moved.FromRaw(Syscall.Recv(
            socket, buffer, (nuint)length, isUnix ? ReceiveFlags : ReceiveFlags | MessageFlags.Truncated).Raw);

    public Moved Send(BorrowedFd socket, byte* buffer, int length)
        => Moved.FromRaw(Syscall.Send(socket, buffer, (nuint)length, SendFlags).Raw);

    public Moved Splice(BorrowedFd source, BorrowedFd destination, int length, long offset)
        => Moved.FromRaw(offset < 0
            ? Syscall.Splice(source, destination, (nuint)length, MoveFlags).Raw
            : Syscall.Splice(source, destination, ref offset, (nuint)length, MoveFlags).Raw);

    public Moved Tee(BorrowedFd source, BorrowedFd destination, int length)
        => Moved.FromRaw(Syscall.Tee(source, destination, (nuint)length, SpliceFlags.NonBlock).Raw);

    public Moved ReadPipe(BorrowedFd readEnd, byte* buffer, int length)
        => Moved.FromRaw(Syscall.Read(readEnd, buffer, (nuint)length).Raw);

    public Moved WritePipe(BorrowedFd writeEnd, byte* buffer, int length)
        => Moved.FromRaw(Syscall.Write(writeEnd, buffer, (nuint)length).Raw);

    public Moved WriteFile(BorrowedFd file, byte* buffer, int length, long offset)
        => Moved.FromRaw(offset < 0
            ? Syscall.Write(file, buffer, (nuint)length).Raw
            : Syscall.PWrite(file, buffer, (nuint)length, offset).Raw);

    public Moved ReadFile(BorrowedFd file, byte* buffer, int length, long offset)
        => Moved.FromRaw(offset < 0
            ? Syscall.Read(file, buffer, (nuint)length).Raw
            : Syscall.PRead(file, buffer, (nuint)length, offset).Raw);

    public FilePages AskPages(BorrowedFd file, long offset)
    {
        byte one;
        Errno error = Syscall.PReadV2(file, &one, 1, offset, ReadWriteFlags.NoWait).Errno;
        if (error != Errno.EOPNOTSUPP)
        {
            return error == Errno.None ? FilePages.Hot
                : error == Errno.EAGAIN ? FilePages.Cold : FilePages.Unknown;
        }

        return !Syscall.GetFileSystemKind(file, out FileSystemKind kind).IsError
            && kind is FileSystemKind.Tmpfs or FileSystemKind.Ramfs ? FilePages.AlwaysHot : FilePages.Unknown;
    }

    public long SizeOf(BorrowedFd file)
        => Syscall.GetFileStatus(file, out FileStatus status).IsError ? 0 : status.Size;

    public Moved MoveFile(
        TransferMechanism route,
        BorrowedFd file,
        long offset,
        BorrowedFd destination,
        long destinationOffset,
        int length)
        => Moved.FromRaw(route switch
        {
            TransferMechanism.Sendfile => Syscall.Sendfile(destination, file, ref offset, (nuint)length).Raw,
            TransferMechanism.CopyFileRange =>
                Syscall.CopyFileRange(file, ref offset, destination, ref destinationOffset, (nuint)length).Raw,
            _ => Syscall.Splice(file, ref offset, destination, (nuint)length, MoveFlags).Raw,
        });

    public Moved ReadForeignPipe(BorrowedFd readEnd, byte* buffer, int length)
        => Moved.FromRaw(Syscall.PReadV2(readEnd, buffer, (nuint)length, -1, ReadWriteFlags.NoWait).Raw);

    public Moved WriteForeignPipe(BorrowedFd writeEnd, byte* buffer, int length)
        => Moved.FromRaw(Syscall.PWriteV2(writeEnd, buffer, (nuint)length, -1, ReadWriteFlags.NoWait).Raw);

    public bool IsPipeAtEnd(BorrowedFd readEnd)
    {
        Span<PollFd> fds = [new PollFd(readEnd, PollEvents.In)];
        return !Syscall.Poll(fds, timeoutMs: 0).IsError
            && (fds[0].Returned & (PollEvents.In | PollEvents.HangUp)) == PollEvents.HangUp;
    }

    public void Ask(BorrowedFd source, BorrowedFd destination, out bool canRead, out bool canWrite)
    {
        Span<PollFd> fds =
        [
            new PollFd(source, PollEvents.In | PollEvents.ReadHangUp),
            new PollFd(destination, PollEvents.Out),
        ];
        SysResult asked = Syscall.Poll(fds, timeoutMs: 0);

        // No memory, so nothing is known: both may be ready, and the caller tries. EINTR never comes out.
        canRead = asked.IsError || fds[0].Returned != PollEvents.None;
        canWrite = asked.IsError || fds[1].Returned != PollEvents.None;
    }

    public bool PeerMayHaveFinished(BorrowedFd tcpSocket)
    {
        SysResult asked = Syscall.GetTcpState(tcpSocket, out TcpState state);

        // In these two states both ways are shut and no FIN of the peer has been received. ESTABLISHED is a
        // shutdown(SHUT_RD) alone, which no dispose makes. CLOSE proves nothing: a socket in TIME_WAIT shows it.
        return asked.IsError || state is not (TcpState.FinWait1 or TcpState.FinWait2);
    }

    public int DeathOf(BorrowedFd socket, bool isUnix)
    {
        if (isUnix)
        {
            return (int)Errno.ECONNRESET; // The only error that a connected unix stream socket can have pending.
        }

        SysResult asked = Syscall.GetTcpState(socket, out TcpState state);
        return !asked.IsError && state == TcpState.Close ? (int)Errno.ECONNRESET : 0;
    }

    public Moved ShutdownSend(BorrowedFd socket)
        => Moved.FromRaw(Syscall.Shutdown(socket, ShutdownHow.Send).Raw);

    public void ShutdownBoth(BorrowedFd socket) => _ = Syscall.Shutdown(socket, ShutdownHow.Both);

    public Moved Accept(BorrowedFd listener, Span<byte> address, out int addressLength)
        => Moved.FromRaw(Syscall.Accept4(
            listener, SocketFlags.NonBlocking | SocketFlags.CloseOnExec, address, out addressLength).Raw);

    public Moved OpenSocket(SocketDomain domain)
        => Moved.FromRaw(Syscall.Socket(
            domain, SocketKind.Stream, SocketFlags.NonBlocking | SocketFlags.CloseOnExec).Raw);

    public Moved Connect(BorrowedFd socket, ReadOnlySpan<byte> address)
    {
        SysResult begun = Syscall.Connect(socket, address);

        // Interrupted, it goes on by itself; a second connect would say EALREADY.
        return begun.Errno == Errno.EINTR ? Moved.Failed((int)Errno.EINPROGRESS) : Moved.FromRaw(begun.Raw);
    }

    public int TakeError(BorrowedFd socket)
    {
        SysResult asked = Syscall.GetSocketError(socket, out Errno error);
        return (int)(asked.IsError ? asked.Errno : error);
    }

    public void SetNoDelay(BorrowedFd tcpSocket)
        => _ = Syscall.SetSocketOption(tcpSocket, SocketLevel.Tcp, SocketOption.TcpNoDelay, 1);

    public void SetLinger(BorrowedFd socket, bool reset) => _ = Syscall.SetLinger(socket, on: reset, 0);

    // Never repeated: after EINTR the number is free and may already be somebody else's.
    public void Close(int fd) => _ = Syscall.Close(fd);

    public Moved OpenPipe(int capacityBytes, out int readEnd, out int writeEnd)
    {
        SysResult made = Syscall.Pipe2(out readEnd, out writeEnd, PipeFlags.CloseOnExec | PipeFlags.NonBlocking);
        if (made.IsError)
        {
            return Moved.FromRaw(made.Raw);
        }

        // Sizing is advice: past the user's soft limit it is refused and the pipe has 8 KiB. What counts is read back.
        BorrowedFd end = BorrowedFd.FromRaw(writeEnd);
        _ = Syscall.SetPipeSize(end, capacityBytes);
        SysResult granted = Syscall.GetPipeSize(end);
        if (granted.IsError)
        {
            ClosePipe(readEnd, writeEnd); // A sandbox that knows the call and not its commands.
        }

        return Moved.FromRaw(granted.Raw);
    }

    public void ClosePipe(int readEnd, int writeEnd)
    {
        Close(readEnd);
        Close(writeEnd);
    }
}

// Each call of the seam, over the model.
using Zerocopy.Sys;

namespace Zerocopy.Properties.Simulation;

internal sealed unsafe partial class SimKernel
{
    public override Moved Receive(BorrowedFd socket, bool isUnix, byte* buffer, int length)
    {
        SimSocket source = (SimSocket)_fds[socket.Raw];
        SimDirection direction = source.Reader!;
        string call = isUnix ? "recvmsg" : "recv";
        Errno mishap = Before(direction, call);
        CheckRead(direction, length);
        direction.BothClaimed = 0; // A read knows.
        LawBrokenException.Require(isUnix == source.IsUnix, "recv and recvmsg confused");
        if (source.Inbox.StartsWithMark)
        {
            source.Inbox.DropMark(); // recv passes it.
        }

        if (source.Inbox.IsEmpty || source.Inbox.StartsWithMark)
        {
            return NothingToRead(call, source, direction, length);
        }

        LawBrokenException.Require(!direction.IsZeroCopyOnly, "a read into memory though zero copy is required");
        if (mishap != 0)
        {
            return Fail(call, direction, socket.Raw, length, mishap);
        }

        if (IsLate(source, isRead: true))
        {
            return WouldBlock(call, socket.Raw, length, "late");
        }

        int wanted = Math.Min(length, source.Inbox.Bytes);
        int count = 0;
        bool cut = false;
        int most = source.FinReceived || source.CannotSend ? wanted : Shorten(wanted); // Nothing comes after a FIN.
        while (count < most && !cut && !source.Inbox.StartsWithMark)
        {
            SimRange range = source.Inbox.Take(most - count, out bool endsRead);
            SimContent.At(range.Stream, range.Start, range.Length).CopyTo(new Span<byte>(buffer + count, range.Length));
            count += range.Length;
            cut |= endsRead && isUnix;
        }

        if (count < length && !cut && !source.Inbox.IsEmpty)
        {
            source.Edge(); // What is left came just after.
        }

        direction.TakeFromSource(count);
        string result = cut ? "cut" : count == length ? "all" : "short";
        return Say(call, socket.Raw, length, result, Moved.Bytes(count, cut));
    }

    public override Moved Peek(BorrowedFd socket)
    {
        SimSocket source = (SimSocket)_fds[socket.Raw];
        SimDirection direction = source.Reader!;
        Errno mishap = Before(direction, "peek");
        direction.Verifications++;
        if (mishap != 0)
        {
            return Fail("peek", direction, socket.Raw, 1, mishap);
        }

        int marks = source.Inbox.StartsWithMark ? 1 : 0;
        if (source.Inbox.Bytes > 0)
        {
            direction.MetMark |= marks > 0;
            return Say("peek", socket.Raw, 1, "a byte", Moved.Bytes(1));
        }

        return NothingToRead("peek", source, direction, 1);
    }

    public override Moved Send(BorrowedFd socket, byte* buffer, int length)
    {
        SimSocket destination = (SimSocket)_fds[socket.Raw];
        SimDirection direction = destination.Writer!;
        Errno mishap = Before(direction, "send");
        LawBrokenException.Require(length > 0, "a send of nothing");
        if (CannotWrite("send", destination, direction, length, mishap, out Moved failure))
        {
            return failure;
        }

        int count = Shorten(Math.Min(length, destination.Room));
        ReadOnlySpan<byte> expected = SimContent.At(direction.Stream, direction.NextWritten, count);
        LawBrokenException.Require(
            new ReadOnlySpan<byte>(buffer, count).SequenceEqual(expected),
            $"sent bytes are not the stream's at {direction.NextWritten}");
        direction.Give(count, spliced: false);
        Accept(destination, count, length);
        return Say("send", socket.Raw, length, count == length ? "all" : "short", Moved.Bytes(count));
    }

    // No kind of schedule has a regular file yet.
    public override Moved WriteFile(BorrowedFd file, byte* buffer, int length, long offset)
        => throw new LawBrokenException("a write to a file that is not there");

    public override Moved ReadFile(BorrowedFd file, byte* buffer, int length, long offset)
        => throw new LawBrokenException("a read of a file that is not there");

    public override long SizeOf(BorrowedFd file) => throw new LawBrokenException("bytes of a file that is not there");

    public override Moved MoveFile(
        TransferMechanism route,
        BorrowedFd file,
        long offset,
        BorrowedFd destination,
        long destinationOffset,
        int length)
        => throw new LawBrokenException("bytes of a file that is not there");

    public override Moved ReadForeignPipe(BorrowedFd readEnd, byte* buffer, int length)
        => throw new LawBrokenException("a pipe that does not block, read as if it did");

    public override Moved WriteForeignPipe(BorrowedFd writeEnd, byte* buffer, int length)
        => throw new LawBrokenException("a pipe that does not block, written as if it did");

    public override bool PeerMayHaveFinished(BorrowedFd tcpSocket)
    {
        SimSocket socket = (SimSocket)_fds[tcpSocket.Raw];
        Before();
        LawBrokenException.Require(!socket.IsUnix, "TCP_INFO of a unix socket");
        bool may = socket.Closed != LocalClose.Shutdown || socket.FinReceived;
        trace.Add("tcp_info", may ? "may have" : "has not", tcpSocket.Raw, 0, 0);
        return may;
    }

    public override int DeathOf(BorrowedFd socket, bool isUnix)
    {
        SimSocket asked = (SimSocket)_fds[socket.Raw];
        _ = Before(asked.Writer!, "death");
        bool isClosed = asked.IsReset || asked.Closed is not (LocalClose.None or LocalClose.Shutdown);
        LawBrokenException.Require(isUnix == asked.IsUnix, "the wrong kind of socket");
        LawBrokenException.Require(!isUnix || asked.IsReset, "a unix socket that has no error");
        Errno death = isClosed ? Errno.ECONNRESET : 0;
        if (death != 0)
        {
            asked.Writer!.LastError = death;
        }

        trace.Add("death", death == 0 ? "alive" : "dead", socket.Raw, 0, (int)death);
        return (int)death;
    }

    public override Moved ShutdownSend(BorrowedFd socket)
    {
        SimSocket told = (SimSocket)_fds[socket.Raw];
        Before();
        if (random.Chance(schedule.Faults / 12))
        {
            told.Reset(Errno.ECONNRESET);
        }

        if (told.CannotSend)
        {
            return Fail("shutdown", told.Writer, socket.Raw, 0, Errno.ENOTCONN);
        }

        told.FinSent = true;
        told.Edge();
        return Say("shutdown", socket.Raw, 0, "done", Moved.Bytes(0));
    }

    public override Moved OpenPipe(int capacityBytes, out int readEnd, out int writeEnd)
    {
        Before();
        readEnd = writeEnd = -1;
        if (random.Chance(schedule.Faults / 6))
        {
            Errno error = random.Pick<Errno>([Errno.EMFILE, Errno.ENFILE, Errno.ENOMEM, Errno.EPERM, Errno.ENOSYS]);
            _ = PipeErrors.Add(error);
            if (error is Errno.EPERM or Errno.ENOSYS)
            {
                Stepping!.Refusal = error; // A sandbox: it will not change its mind.
            }

            return Fail("pipe2", null, -1, capacityBytes, error);
        }

        int granted = random.Chance(schedule.Faults / 6)
            ? random.Pick<int>([4096, 8192, 65536, 131072, 1 << 20]) : capacityBytes;
        SimPipe pipe = OpenUserPipe(granted / SimPipe.PageBytes);
        readEnd = pipe.ReadEnd;
        writeEnd = pipe.WriteEnd;
        _ = _ownPipes.Add(pipe);
        string result = granted == capacityBytes ? "as asked" : granted > capacityBytes ? "larger" : "smaller";
        return Say("pipe2", readEnd, capacityBytes, result, Moved.Bytes(granted));
    }

    public override void ClosePipe(int readEnd, int writeEnd)
    {
        SimPipe? pipe = (_fds.GetValueOrDefault(readEnd) as SimPipeSide)?.Pipe;
        bool isClosed = pipe is not null && pipe.WriteEnd == writeEnd && _ownPipes.Remove(pipe);
        LawBrokenException.Require(isClosed, "a pipe closed twice, or not the library's");
        _ = _fds.Remove(readEnd);
        _ = _fds.Remove(writeEnd);
        trace.Add("close", pipe!.Content.IsEmpty ? "an empty pipe" : "a full pipe", readEnd, 0, 0);
    }

    private static void CheckRead(SimDirection direction, int length)
    {
        LawBrokenException.Require(length > 0, "a read of nothing");
        LawBrokenException.Require(
            direction.Options.LimitBytes is null || length <= direction.LimitRemaining,
            $"{length} bytes asked for, {direction.LimitRemaining} allowed");
    }

    /// <summary>An empty queue: an error, the end, or would-block.</summary>
    private Moved NothingToRead(string call, SimSocket source, SimDirection direction, int asked)
    {
        if (source.Closed == LocalClose.Error)
        {
            Errno local = random.Chance(25) ? Errno.ECONNRESET : Errno.ENOTCONN;
            return Fail(call, direction, source.Fd, asked, local);
        }

        if (source.Closed != LocalClose.None)
        {
            return Say(call, source.Fd, asked, "0 by a local close", Moved.Bytes(0));
        }

        if (source.FinReceived)
        {
            return Say(call, source.Fd, asked, "0", Moved.Bytes(0));
        }

        if (source.Error != 0)
        {
            Errno error = source.Error;
            source.Error = 0;
            return Fail(call, direction, source.Fd, asked, error);
        }

        if (source.IsReset)
        {
            return Say(call, source.Fd, asked, "0", Moved.Bytes(0)); // Its error was taken by somebody else.
        }

        return WouldBlock(call, source.Fd, asked, "empty");
    }

    private bool CannotWrite(
        string call, SimSocket destination, SimDirection direction, int length, Errno mishap, out Moved failure)
    {
        failure = default;
        if (destination.Closed != LocalClose.None)
        {
            Errno error = random.Pick<Errno>([Errno.EPIPE, Errno.ECONNRESET, Errno.ENOTCONN, Errno.ENOTCONN]);
            failure = Fail(call, direction, destination.Fd, length, error);
            return true;
        }

        if (destination.IsReset || destination.Error != 0)
        {
            Errno error = destination.Error == 0 ? Errno.EPIPE : destination.Error;
            destination.Error = 0;
            failure = Fail(call, direction, destination.Fd, length, error);
            return true;
        }

        if (mishap != 0)
        {
            failure = Fail(call, direction, destination.Fd, length, mishap);
            return true;
        }

        if (destination.Room == 0)
        {
            destination.WantsRoom = true;
            failure = WouldBlock(call, destination.Fd, length, "full");
            return true;
        }

        if (IsLate(destination, isRead: false))
        {
            failure = WouldBlock(call, destination.Fd, length, "late");
            return true;
        }

        return false;
    }

    private static void Accept(SimSocket destination, int count, int asked)
    {
        LawBrokenException.Require(!destination.FinSent, "bytes after FIN");
        destination.Unsent += count;
        destination.WantsRoom |= count < asked;
    }
}

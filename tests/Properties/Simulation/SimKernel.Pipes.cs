// The user's pipe in the model: read, written, and one end of a splice.
using Zerocopy.Sys;

namespace Zerocopy.Properties.Simulation;

internal sealed unsafe partial class SimKernel
{
    public override Moved ReadPipe(BorrowedFd readEnd, byte* buffer, int length)
    {
        SimPipeSide side = (SimPipeSide)_fds[readEnd.Raw];
        LawBrokenException.Require(length > 0, "a read of nothing");
        return _ownPipes.Contains(side.Pipe) ? ReadBack(side.Pipe, buffer, length) : ReadUsers(side, buffer, length);
    }

    public override Moved WritePipe(BorrowedFd writeEnd, byte* buffer, int length)
    {
        SimPipeSide side = (SimPipeSide)_fds[writeEnd.Raw];
        LawBrokenException.Require(length > 0, "a write of nothing");
        return side.Pipe.Target is { } target
            ? CopyTo(target, buffer, length) : WriteUsers(side, buffer, length);
    }

    private Moved ReadBack(SimPipe pipe, byte* buffer, int length)
    {
        Before();
        if (pipe.Content.IsEmpty)
        {
            return WouldBlock("read", pipe.ReadEnd, length, "empty");
        }

        int count = Copy(pipe, buffer, Shorten(Math.Min(length, pipe.Content.Bytes)));
        return Say("read", pipe.ReadEnd, length, count == length ? "all" : "short", Moved.Bytes(count));
    }

    private Moved ReadUsers(SimPipeSide side, byte* buffer, int length)
    {
        const string Call = "read pipe";
        SimDirection direction = side.Reader!;
        Errno mishap = Before(direction, Call);
        CheckRead(direction, length);
        direction.BothClaimed = 0; // A read knows.
        if (side.Pipe.Content.IsEmpty)
        {
            return NothingInPipe(Call, side, length);
        }

        LawBrokenException.Require(!direction.IsZeroCopyOnly, "a read into memory though zero copy is required");
        if (mishap != 0)
        {
            return Fail(Call, direction, side.Fd, length, mishap);
        }

        if (IsLate(side, isRead: true))
        {
            return WouldBlock(Call, side.Fd, length, "late");
        }

        int count = Copy(side.Pipe, buffer, Shorten(Math.Min(length, side.Pipe.Content.Bytes)));
        direction.TakeFromSource(count);
        return Say(Call, side.Fd, length, count == length ? "all" : "short", Moved.Bytes(count));
    }

    private static int Copy(SimPipe pipe, byte* buffer, int length)
    {
        int count = 0;
        while (count < length)
        {
            SimRange range = pipe.Take(length - count);
            SimContent.At(range.Stream, range.Start, range.Length).CopyTo(new Span<byte>(buffer + count, range.Length));
            count += range.Length;
        }

        return count;
    }

    private Moved NothingInPipe(string call, SimPipeSide side, int length)
    {
        if (side.Pipe.HasWriters)
        {
            return WouldBlock(call, side.Fd, length, "empty");
        }

        string end = side.Closed == LocalClose.None ? "0" : "0 by a local close";
        return Say(call, side.Fd, length, end, Moved.Bytes(0));
    }

    private Moved WriteUsers(SimPipeSide side, byte* buffer, int length)
    {
        const string Call = "write pipe";
        SimDirection direction = side.Writer!;
        Errno mishap = Before(direction, Call);
        if (CannotPut(Call, side, direction, length, mishap, out Moved failure))
        {
            return failure;
        }

        int count = PagesFor(side.Pipe, length);
        ReadOnlySpan<byte> expected = SimContent.At(direction.Stream, direction.NextWritten, count);
        LawBrokenException.Require(
            new ReadOnlySpan<byte>(buffer, count).SequenceEqual(expected),
            $"written bytes are not the stream's at {direction.NextWritten}");
        foreach (SimRange page in Pages(new SimRange(direction.Stream, direction.NextWritten, count)))
        {
            side.Pipe.Put(page);
        }

        direction.Give(count, spliced: false);
        return Say(Call, side.Fd, length, count == length ? "all" : "short", Moved.Bytes(count));
    }

    /// <summary>How much of a write(2) fits: a page a slot, and up to one page all or nothing.</summary>
    private int PagesFor(SimPipe pipe, int length)
    {
        int count = (int)Math.Min(length, (long)pipe.FreeSlots * SimPipe.PageBytes);
        return count > SimPipe.PageBytes ? Math.Max(SimPipe.PageBytes, Shorten(count)) : count;
    }

    private static IEnumerable<SimRange> Pages(SimRange range)
    {
        for (int at = 0; at < range.Length; at += SimPipe.PageBytes)
        {
            yield return new SimRange(
                range.Stream, range.Start + at, Math.Min(SimPipe.PageBytes, range.Length - at));
        }
    }

    private bool CannotPut(
        string call, SimPipeSide side, SimDirection? direction, int length, Errno mishap, out Moved failure)
    {
        failure = default;
        if (!side.Pipe.HasReaders)
        {
            failure = Fail(call, direction, side.Fd, length, Errno.EPIPE);
        }
        else if (mishap != 0)
        {
            failure = Fail(call, direction, side.Fd, length, mishap);
        }
        else if (side.Pipe.IsFull)
        {
            failure = WouldBlock(call, side.Fd, length, "full");
        }
        else if (!_ownPipes.Contains(side.Pipe) && IsLate(side, isRead: false))
        {
            failure = WouldBlock(call, side.Fd, length, "late");
        }
        else
        {
            return false;
        }

        return true;
    }

    /// <summary>One splice from the source to the destination, or between one of them and a pipe of the
    /// library's, where at least one is the user's pipe.</summary>
    private Moved SpliceUsers(SimFd from, SimFd to, int length)
    {
        bool takes = from.Reader is not null;
        bool gives = to.Writer is not null;
        SimDirection direction = from.Reader ?? to.Writer!;
        string call = takes && gives ? "splice direct" : takes ? "splice in" : "splice out";
        Errno mishap = Before(direction, call);
        CheckSplice(direction, mishap);
        LawBrokenException.Require(
            direction.BothClaimed <= BothClaimedMax, "splices on and on though both ends claim to be ready");
        if (takes)
        {
            CheckRead(direction, length);
        }

        if (mishap != 0)
        {
            return Fail(call, direction, from.Fd, length, mishap);
        }

        SimPipeSide? room = to as SimPipeSide;
        if (room is not null && CannotPut(call, room, direction, length, 0, out Moved failure))
        {
            return failure;
        }

        // What no mark, end or error explains: nothing to take.
        if (from is SimSocket source && CannotTake(call, source, direction, length, out failure))
        {
            return failure;
        }

        if (from is SimPipeSide { Pipe.Content.IsEmpty: true } empty)
        {
            return NothingInPipe(call, empty, length);
        }

        if (takes && IsLate(from, isRead: true))
        {
            return WouldBlock(call, from.Fd, length, "late");
        }

        if (to is SimSocket socket && CannotWrite(call, socket, direction, length, 0, out failure))
        {
            return failure;
        }

        int most = Shorten(Math.Min(length, from.Queue.Bytes));
        most = to is SimSocket destination ? Math.Min(most, destination.Room) : most;
        int count = MovePieces(from, to, most, direction, gives);
        if (takes)
        {
            direction.TakeFromSource(count);
        }

        if (gives)
        {
            direction.Give(count, spliced: true);
        }

        return Say(call, from.Fd, length, count == length ? "all" : "short", Moved.Bytes(count));
    }

    private static int MovePieces(SimFd from, SimFd to, int most, SimDirection direction, bool gives)
    {
        int count = 0;
        while (count < most && to is not SimPipeSide { Pipe.IsFull: true } && !from.Queue.StartsWithMark)
        {
            bool endsRead = false;
            SimRange range = from is SimPipeSide side
                ? side.Pipe.Take(most - count) : from.Queue.Take(most - count, out endsRead);
            long due = direction.NextWritten + count;
            LawBrokenException.Require(
                !gives || (range.Stream == direction.Stream && range.Start == due),
                $"spliced bytes are of stream {range.Stream} at {range.Start}, due is {direction.Stream} at {due}");
            count += range.Length;
            if (to is SimPipeSide into)
            {
                into.Pipe.Put(range);
            }

            if (endsRead && from is SimSocket { IsUnix: true })
            {
                break;
            }
        }

        if (to is SimSocket socket)
        {
            Accept(socket, count, most);
        }

        return count;
    }

    private bool CannotTake(string call, SimSocket source, SimDirection direction, int length, out Moved failure)
    {
        failure = default;
        if (source.Inbox.StartsWithMark)
        {
            direction.Verifications++;
            failure = source.FinReceived
                ? Say(call, source.Fd, length, "0 at a mark", Moved.Bytes(0))
                : WouldBlock(call, source.Fd, length, "at a mark");
            return true;
        }

        if (source.Inbox.IsEmpty)
        {
            direction.Verifications++;
            failure = NothingToRead(call, source, direction, length);
            return true;
        }

        return false;
    }
}

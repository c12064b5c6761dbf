// splice(2) of the model: into a pipe, and out of one.
using Zerocopy.Sys;

namespace Zerocopy.Properties.Simulation;

internal sealed partial class SimKernel
{
    public override Moved Splice(BorrowedFd source, BorrowedFd destination, int length, long offset)
    {
        LawBrokenException.Require(length > 0 && offset == -1, "a splice of nothing, or with an offset");
        SimFd from = _fds[source.Raw];
        SimFd to = _fds[destination.Raw];
        return (from, to) switch
        {
            (SimSocket socket, SimPipeSide side) when _ownPipes.Contains(side.Pipe)
                => SpliceIn(socket, side.Pipe, length),
            (SimPipeSide side, SimSocket socket) when _ownPipes.Contains(side.Pipe)
                => SpliceOut(side.Pipe, socket, length),
            _ => SpliceUsers(from, to, length),
        };
    }

    private Moved SpliceIn(SimSocket source, SimPipe pipe, int length)
    {
        const string Call = "splice in";
        SimDirection direction = source.Reader!;
        Errno mishap = Before(direction, Call);
        CheckRead(direction, length);
        CheckSplice(direction, mishap);
        LawBrokenException.Require(pipe.Content.IsEmpty, "a fill of a pipe that is not empty");
        if (mishap != 0)
        {
            return Fail(Call, direction, source.Fd, length, mishap);
        }

        if (source.Inbox.StartsWithMark)
        {
            direction.Verifications++;
            if (!source.FinReceived)
            {
                return WouldBlock(Call, source.Fd, length, "at a mark");
            }

            string where = source.Inbox.Bytes > 0 ? "0 with bytes behind it" : "0 at a mark";
            return Say(Call, source.Fd, length, where, Moved.Bytes(0));
        }

        if (source.Inbox.IsEmpty)
        {
            direction.Verifications++;
            return NothingToRead(Call, source, direction, length);
        }

        if (IsLate(source, isRead: true))
        {
            return WouldBlock(Call, source.Fd, length, "late");
        }

        // Short without any reason at all: splice promises nothing, and no edge follows.
        int most = Shorten(Math.Min(length, source.Inbox.Bytes));
        int count = 0;
        bool cut = false;
        for (int slots = 0; slots < pipe.Slots && count < most && !cut && !source.Inbox.StartsWithMark; slots++)
        {
            SimRange range = source.Inbox.Take(most - count, out bool endsRead);
            pipe.Content.Append(range);
            count += range.Length;
            cut = endsRead && source.IsUnix;
        }

        direction.TakeFromSource(count);
        string result = count == length ? "all" : source.Inbox.IsEmpty ? "all there is" : "short";
        return Say(Call, source.Fd, length, result, Moved.Bytes(count));
    }

    private Moved SpliceOut(SimPipe pipe, SimSocket destination, int length)
    {
        const string Call = "splice out";
        SimDirection direction = destination.Writer!;
        Errno mishap = Before(direction, Call);
        CheckSplice(direction, mishap);
        LawBrokenException.Require(
            length == pipe.Content.Bytes || (direction.Mirror is not null && length < pipe.Content.Bytes),
            $"a drain of {length} bytes from a pipe that holds {pipe.Content.Bytes}");
        if (mishap != 0)
        {
            return Fail(Call, direction, destination.Fd, length, mishap);
        }

        if (CannotWrite(Call, destination, direction, length, 0, out Moved failure))
        {
            return failure;
        }

        int most = Shorten(Math.Min(length, destination.Room));
        int count = 0;
        while (count < most)
        {
            SimRange range = pipe.Content.Take(most - count, out _);
            LawBrokenException.Require(
                range.Stream == direction.Stream && range.Start == direction.NextWritten,
                $"spliced bytes are of stream {range.Stream} at {range.Start}, " +
                $"due is stream {direction.Stream} at {direction.NextWritten}");
            count += range.Length;
            direction.Give(range.Length, spliced: true);
        }

        Accept(destination, count, length);
        return Say(Call, destination.Fd, length, count == length ? "all" : "short", Moved.Bytes(count));
    }

    private static void CheckSplice(SimDirection direction, Errno mishap)
    {
        LawBrokenException.Require(
            direction.Options.Mode != TransferMode.CopyOnly, "a splice though only copying is allowed");
        LawBrokenException.Require(
            direction.Refusal == 0 || direction.Refusal == mishap, "a splice after the kernel has refused one");
    }
}

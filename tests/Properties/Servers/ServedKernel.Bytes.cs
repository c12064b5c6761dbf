// Bytes in and out: what goes out on one socket is what came in on its partner, from the first byte on, in order.
using Zerocopy.Properties.Simulation;
using Zerocopy.Sys;

namespace Zerocopy.Properties.Servers;

internal sealed unsafe partial class ServedKernel
{
    public override Moved Receive(BorrowedFd socket, bool isUnix, byte* buffer, int length)
    {
        string call = isUnix ? "recvmsg" : "recv";
        ServedSocket source = Use(socket, call);
        Before();
        Require(length > 0, "a read of nothing");
        Require(isUnix == source.IsUnix || source.IsShutDown, "recv and recvmsg confused");
        if (!CanTake(source, call, length, out Moved failure))
        {
            return failure;
        }

        int wanted = Math.Min(length, source.Inbox.Bytes);
        int count = 0;
        bool cut = false;
        bool isAll = source.FinReceived || source.CannotSend || source.IsShutDown; // Nothing comes after a FIN.
        int most = isAll ? wanted : Shorten(wanted);
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

        Take(source, count);
        return Say(call, socket.Raw, length, cut ? "cut" : count == length ? "all" : "short", Moved.Bytes(count, cut));
    }

    public override Moved Peek(BorrowedFd socket)
    {
        const string Call = "peek";
        ServedSocket source = Use(socket, Call);
        Before();
        return source.Inbox.Bytes > 0 ? Say(Call, socket.Raw, 1, "a byte", Moved.Bytes(1))
            : Nothing(source, source.IsReset ? "peek at the dead" : Call, 1); // Told apart: that is rare.
    }

    public override Moved PeekBytes(BorrowedFd socket, bool isUnix, byte* buffer, int length)
    {
        const string Call = "look";
        ServedSocket source = Use(socket, Call);
        Before();
        Require(isUnix == source.IsUnix && length > 0, "a look at nothing");
        Require(source.Partner?.Given == source.Taken, "a look past what is in transit");
        if (!CanTake(source, Call, length, out Moved failure))
        {
            return failure;
        }

        int most = source.FinReceived || source.CannotSend
            ? Math.Min(length, source.Inbox.Bytes) : Shorten(Math.Min(length, source.Inbox.Bytes));
        int count = 0;
        bool cut = false;
        foreach (SimSegment segment in source.Inbox.Segments)
        {
            if (count == most || cut || segment.IsUrgentMark)
            {
                break;
            }

            SimRange range = segment.Range;
            int part = Math.Min(range.Length, most - count);
            SimContent.At(range.Stream, range.Start, part).CopyTo(new Span<byte>(buffer + count, part));
            count += part;
            cut = segment.EndsRead && source.IsUnix;
        }

        if (count < length && !cut && count < source.Inbox.Bytes)
        {
            source.Edge();
        }

        return Say(Call, socket.Raw, length, cut ? "cut" : count == length ? "all" : "short", Moved.Bytes(count, cut));
    }

    public override Moved TakePeeked(BorrowedFd socket, bool isUnix, byte* buffer, int length)
    {
        const string Call = "take";
        ServedSocket source = Use(socket, Call);
        Before();
        long owed = source.Partner!.Given - source.Taken;
        Require(length > 0 && length == owed, $"{length} bytes taken of which {owed} were sent");
        int count = 0;
        bool cut = false;
        for (int most = Shorten(length); count < most && !cut;)
        {
            count += source.Inbox.Take(most - count, out bool endsRead).Length;
            cut = endsRead && isUnix;
        }

        Take(source, count);
        return Say(Call, socket.Raw, length, count == length ? "all" : "short", Moved.Bytes(count));
    }

    public override Moved Send(BorrowedFd socket, byte* buffer, int length)
    {
        const string Call = "send";
        ServedSocket to = Use(socket, Call);
        Before();
        Require(length > 0, "a send of nothing");
        if (!CanGive(to, Call, length, out Moved failure))
        {
            return failure;
        }

        int count = Shorten(Math.Min(length, to.Room));
        ReadOnlySpan<byte> expected = SimContent.At(to.Partner!.Stream, to.Given, count);
        bool areSame = new ReadOnlySpan<byte>(buffer, count).SequenceEqual(expected);
        Require(areSame, $"not its partner's bytes at {to.Given}");
        Give(to, count, length);
        trace.Buffered += count;
        return Say(Call, socket.Raw, length, count == length ? "all" : "short", Moved.Bytes(count));
    }

    public override int DeathOf(BorrowedFd socket, bool isUnix)
    {
        ServedSocket asked = Use(socket, "death");
        Before();
        Errno death = asked.IsReset ? Errno.ECONNRESET : 0;
        _ = asked.Errors.Add(death);
        trace.Add("death", death == 0 ? "alive" : "dead", socket.Raw, 0, (int)death);
        return (int)death;
    }

    /// <summary>False if there is nothing to take now, which <paramref name="failure"/> says.</summary>
    private bool CanTake(ServedSocket source, string call, int length, out Moved failure)
    {
        failure = default;
        source.IsRelayed = true;
        if (source.Inbox.StartsWithMark)
        {
            source.Inbox.DropMark(); // recv passes it.
        }

        if (source.Inbox.IsEmpty || source.Inbox.StartsWithMark)
        {
            failure = Nothing(source, call, length);
        }
        else if (!source.IsShutDown && Fails(schedule.Faults / 20))
        {
            source.LacksMemory = true;
            failure = Fail(call, source, source.Fd, length, Errno.ENOMEM);
        }
        else if (IsLate(source, isRead: true))
        {
            failure = WouldBlock(call, source.Fd, length, "late");
        }
        else
        {
            return true;
        }

        return false;
    }

    /// <summary>An empty queue: an error, the end, or would-block.</summary>
    private Moved Nothing(ServedSocket source, string call, int length)
    {
        source.IsRelayed = true;
        if (source.FinReceived)
        {
            source.EndedInRound = Math.Min(source.EndedInRound, Round);
            return Say(call, source.Fd, length, "0", Moved.Bytes(0));
        }

        if (source.Error != 0)
        {
            Errno error = source.Error;
            source.Error = 0;
            return Fail(call, source, source.Fd, length, error);
        }

        return source.IsReset ? Say("0 of the dead", source.Fd, length, call, Moved.Bytes(0)) // Its error was taken.
            : source.IsShutDown ? Say(call, source.Fd, length, "0 after a shutdown", Moved.Bytes(0))
            : WouldBlock(call, source.Fd, length, "empty");
    }

    private bool CanGive(ServedSocket to, string call, int length, out Moved failure)
    {
        Require(to is { FinSent: false, State: ServedState.Connected }, "bytes after the end, or before a connection");
        failure = default;
        if (to.IsReset || to.Error != 0)
        {
            Errno error = to.Error == 0 ? Errno.EPIPE : to.Error;
            to.Error = 0;
            failure = Fail(call, to, to.Fd, length, error);
        }
        else if (Fails(schedule.Faults / 20))
        {
            to.LacksMemory = true;
            failure = Fail(call, to, to.Fd, length, random.Pick<Errno>([Errno.ENOMEM, Errno.ENOBUFS]));
        }
        else if (to.Room == 0)
        {
            to.WantsRoom = true;
            failure = WouldBlock(call, to.Fd, length, "full");
        }
        else if (IsLate(to, isRead: false))
        {
            failure = WouldBlock(call, to.Fd, length, "late");
        }
        else
        {
            return true;
        }

        return false;
    }

    private void Take(ServedSocket source, int count)
    {
        source.Taken += count;
        source.MovedMs = NowMs;
    }

    private void Give(ServedSocket to, int count, int asked)
    {
        to.Unsent += count;
        to.WantsRoom |= count < asked;
        to.Given += count;
        to.MovedMs = NowMs;
    }
}

// What a flow does without memory: it looks at the bytes of a socket, sends them, and takes what was sent.
using Zerocopy.Sys;

namespace Zerocopy.Properties.Simulation;

internal sealed unsafe partial class SimKernel
{
    public override Moved PeekBytes(BorrowedFd socket, bool isUnix, byte* buffer, int length)
    {
        const string Call = "look";
        SimSocket source = (SimSocket)_fds[socket.Raw];
        SimDirection direction = source.Reader!;
        Errno mishap = Before(direction, Call);
        CheckRead(direction, length);
        direction.BothClaimed = 0; // A look knows.
        LawBrokenException.Require(isUnix == source.IsUnix, "a look at the wrong kind of socket");
        LawBrokenException.Require(direction.InTransit == 0, "a look past what is in transit");
        LawBrokenException.Require(direction.Mirror is not { HoldsBack: true }, "a look at what a mirror must get");
        if (source.Inbox.Bytes == 0)
        {
            return NothingToRead(Call, source, direction, length);
        }

        LawBrokenException.Require(!direction.IsZeroCopyOnly, "a look into memory though zero copy is required");
        if (mishap != 0)
        {
            return Fail(Call, direction, socket.Raw, length, mishap);
        }

        if (IsLate(source, isRead: true))
        {
            return WouldBlock(Call, socket.Raw, length, "late");
        }

        int wanted = Math.Min(length, source.Inbox.Bytes);
        int most = AllThere(source, Shorten(wanted), wanted);
        int count = Look(source, new Span<byte>(buffer, length), most, out bool cut);
        if (count < length && !cut && count < source.Inbox.Bytes)
        {
            source.Edge(); // What is left came just after.
        }

        direction.HasLooked = true;
        string result = cut ? "cut" : count == length ? "all" : "short";
        return Say(Call, socket.Raw, length, result, Moved.Bytes(count, cut));
    }

    public override Moved TakePeeked(BorrowedFd socket, bool isUnix, byte* buffer, int length)
    {
        const string Call = "take";
        SimSocket source = (SimSocket)_fds[socket.Raw];
        SimDirection direction = source.Reader!;
        _ = Before(direction, Call);
        LawBrokenException.Require(isUnix == source.IsUnix, "a take from the wrong kind of socket");
        LawBrokenException.Require(length > 0, "a take of nothing");
        LawBrokenException.Require(
            length == direction.Owed, $"{length} bytes taken of which {direction.Owed} were sent");
        new Span<byte>(buffer, length).Fill(0xEE); // A unix socket copies them once more, TCP leaves what was there.
        if (source.Closed is not (LocalClose.None or LocalClose.Shutdown))
        {
            direction.TakeFromSource(length); // They went with the rest. Told apart: some of its results are rare.
            return NothingToRead("take what was closed", source, direction, length);
        }

        if (source.Inbox.StartsWithMark)
        {
            source.Inbox.DropMark();
        }

        int count = 0;
        bool cut = false;
        int most = Shorten(length);
        while (count < most && !cut)
        {
            LawBrokenException.Require(!source.Inbox.StartsWithMark, "a take past a mark, where a look stops");
            count += source.Inbox.Take(most - count, out bool endsRead).Length;
            cut |= endsRead && isUnix;
        }

        direction.TakeFromSource(count);
        return Say(Call, socket.Raw, length, count == length ? "all" : "short", Moved.Bytes(count));
    }

    // Nothing comes after a FIN: a read takes what is there.
    private static int AllThere(SimSocket source, int some, int all)
        => source.FinReceived || source.CannotSend ? all : some;

    private static int Look(SimSocket source, Span<byte> buffer, int most, out bool cut)
    {
        int count = 0;
        cut = false;
        foreach (SimSegment segment in source.Inbox.Segments)
        {
            if (count == most || cut || (segment.IsUrgentMark && count > 0))
            {
                break;
            }

            if (!segment.IsUrgentMark) // At the head, as recv passes it.
            {
                SimRange range = segment.Range;
                int length = Math.Min(range.Length, most - count);
                SimContent.At(range.Stream, range.Start, length).CopyTo(buffer[count..]);
                count += length;
                cut = segment.EndsRead && source.IsUnix;
            }
        }

        return count;
    }
}

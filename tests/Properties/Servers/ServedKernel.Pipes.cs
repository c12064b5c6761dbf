// splice, and the pipes between: what is in a pipe knows whose it is.
using Zerocopy.Properties.Simulation;
using Zerocopy.Sys;

namespace Zerocopy.Properties.Servers;

internal sealed unsafe partial class ServedKernel
{
    internal required TransferMode Mode { get; init; }

    public override Moved Splice(BorrowedFd source, BorrowedFd destination, int length, long offset)
    {
        Require(length > 0 && offset == -1, "a splice of nothing, or with an offset");
        Require(Mode != TransferMode.CopyOnly, "a splice though only copying is allowed");
        return _open.GetValueOrDefault(source.Raw) is SimPipeSide from
            ? SpliceOut(from.Pipe, Use(destination, "splice"), length)
            : SpliceIn(Use(source, "splice"), PipeAt(destination), length);
    }

    public override Moved ReadPipe(BorrowedFd readEnd, byte* buffer, int length)
    {
        const string Call = "read";
        SimPipe pipe = PipeAt(readEnd);
        Before();
        int most = Shorten(Math.Min(length, pipe.Content.Bytes));
        Require(most > 0, "a read of an empty pipe");
        int count = 0;
        while (count < most)
        {
            SimRange range = pipe.Take(most - count);
            SimContent.At(range.Stream, range.Start, range.Length).CopyTo(new Span<byte>(buffer + count, range.Length));
            count += range.Length;
        }

        return Say(Call, readEnd.Raw, length, count == length ? "all" : "short", Moved.Bytes(count));
    }

    public override Moved OpenPipe(int capacityBytes, out int readEnd, out int writeEnd)
    {
        const string Call = "pipe2";
        Before();
        readEnd = writeEnd = -1;
        if (!HasNumbers(2) || Fails(schedule.Faults / 6))
        {
            Errno error = HasNumbers(2)
                ? random.Pick<Errno>([Errno.EMFILE, Errno.ENFILE, Errno.ENOMEM, Errno.EPERM]) : Errno.EMFILE;
            return Fail(Call, null, -1, capacityBytes, error);
        }

        int granted = random.Chance(schedule.Faults / 6)
            ? random.Pick<int>([4096, 8192, 65536, 131072, 1 << 20]) : capacityBytes;
        readEnd = TakeNumber();
        _open.Add(readEnd, readEnd); // The other one is another.
        writeEnd = TakeNumber();
        SimPipe pipe = new(readEnd, writeEnd, granted / SimPipe.PageBytes);
        _open[readEnd] = pipe.ReadSide;
        _open[writeEnd] = pipe.WriteSide;
        string result = granted == capacityBytes ? "as asked" : granted > capacityBytes ? "larger" : "smaller";
        return Say(Call, readEnd, capacityBytes, result, Moved.Bytes(granted));
    }

    public override void ClosePipe(int readEnd, int writeEnd)
    {
        SimPipe pipe = PipeAt(BorrowedFd.FromRaw(readEnd));
        Require(pipe.ReadEnd == readEnd && pipe.WriteEnd == writeEnd, "two ends of no pipe");
        _ = _open.Remove(readEnd);
        _ = _open.Remove(writeEnd);
        trace.Add("close", pipe.Content.IsEmpty ? "an empty pipe" : "a full pipe", readEnd, 0, 0);
    }

    private SimPipe PipeAt(BorrowedFd fd)
    {
        SimPipeSide? side = _open.GetValueOrDefault(fd.Raw) as SimPipeSide;
        Require(side is not null, $"{fd.Raw} is no pipe, or is closed");
        return side!.Pipe;
    }

    private Moved SpliceIn(ServedSocket source, SimPipe pipe, int length)
    {
        const string Call = "splice in";
        Before();
        Require(pipe.Content.IsEmpty, "a fill of a pipe that is not empty");
        Require(!source.HasRefusedToGive, "a splice after the kernel has refused one");
        source.IsRelayed = true;
        if (source.Refusal != 0)
        {
            source.HasRefusedToGive = true;
            return Fail(Call, source, source.Fd, length, source.Refusal);
        }

        if (source.Inbox.StartsWithMark)
        {
            return !source.FinReceived ? WouldBlock(Call, source.Fd, length, "at a mark")
                : Say(Call, source.Fd, length, "0 at a mark", Moved.Bytes(0));
        }

        if (source.Inbox.IsEmpty)
        {
            return Nothing(source, Call, length);
        }

        if (IsLate(source, isRead: true))
        {
            return WouldBlock(Call, source.Fd, length, "late");
        }

        int most = Shorten(Math.Min(length, source.Inbox.Bytes));
        int count = 0;
        bool cut = false;
        while (!pipe.IsFull && count < most && !cut && !source.Inbox.StartsWithMark)
        {
            SimRange range = source.Inbox.Take(most - count, out bool endsRead);
            pipe.Put(range);
            count += range.Length;
            cut = endsRead && source.IsUnix;
        }

        Take(source, count);
        return Say(Call, source.Fd, length, count == length ? "all" : "short", Moved.Bytes(count));
    }

    private Moved SpliceOut(SimPipe pipe, ServedSocket to, int length)
    {
        const string Call = "splice out";
        Before();
        Require(length == pipe.Content.Bytes, $"a drain of {length} bytes of {pipe.Content.Bytes}");
        Require(!to.HasRefusedToTake, "a splice after the kernel has refused one");
        if (to.Refusal != 0)
        {
            to.HasRefusedToTake = true;
            return Fail(Call, to, to.Fd, length, to.Refusal);
        }

        if (!CanGive(to, Call, length, out Moved failure))
        {
            return failure;
        }

        int most = Shorten(Math.Min(length, to.Room));
        int count = 0;
        while (count < most)
        {
            SimRange range = pipe.Take(most - count);
            Require(
                range.Stream == to.Partner!.Stream && range.Start == to.Given + count,
                $"spliced are bytes of {range.Stream} at {range.Start}, due are {to.Partner.Stream} at {to.Given}");
            count += range.Length;
        }

        Give(to, count, length);
        to.Spliced += count;
        trace.Spliced += count;
        return Say(Call, to.Fd, length, count == length ? "all" : "short", Moved.Bytes(count));
    }
}

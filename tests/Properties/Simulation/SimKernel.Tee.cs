// tee(2) of the model, and a write to a target: every target gets every byte once, or the law is broken there and then.
using Zerocopy.Sys;

namespace Zerocopy.Properties.Simulation;

internal sealed unsafe partial class SimKernel
{
    public override Moved Tee(BorrowedFd source, BorrowedFd destination, int length)
    {
        const string Call = "tee";
        SimPipe from = ((SimPipeSide)_fds[source.Raw]).Pipe;
        SimPipeSide to = (SimPipeSide)_fds[destination.Raw];
        SimDirection direction = Stepping!;
        Errno mishap = Before(direction, Call);
        LawBrokenException.Require(length > 0, "a tee of nothing");
        LawBrokenException.Require(
            direction.Options.Mode != TransferMode.CopyOnly || !_ownPipes.Contains(from),
            "a pipe of the library's though only copying is allowed");
        SimTarget target = to.Pipe.Target!;
        if (from.Content.IsEmpty)
        {
            if (from.HasWriters)
            {
                return WouldBlock(Call, source.Raw, length, "empty");
            }

            if (to.Pipe.HasReaders && !to.Pipe.IsFull)
            {
                return Say(Call, source.Raw, length, "0", Moved.Bytes(0));
            }
        }

        if (CannotGive(Call, target, length, mishap, out Moved failure))
        {
            bool isRefusal = target == direction.Mirror && (Errno)failure.Error is (Errno.EINVAL or Errno.EPERM);
            if (isRefusal && !direction.IsZeroCopyOnly)
            {
                direction.Refusal = mishap; // Not the target's fault: its bytes are copied from here on.
            }

            return failure;
        }

        if (!_ownPipes.Contains(from) && IsLate(from.ReadSide, isRead: true))
        {
            return WouldBlock(Call, source.Raw, length, "late");
        }

        int most = Math.Min(length, from.Content.Bytes);
        int given = 0;
        int pieces = IsShort() ? random.Between(1, from.Content.Pieces) : from.Content.Pieces;
        for (int i = 0; i < pieces && given < most && !to.Pipe.IsFull; i++)
        {
            SimRange piece = from.Content.Look(i);
            SimRange range = piece with { Length = Math.Min(piece.Length, most - given) };
            target.Take(direction, range, byTee: true);
            given += range.Length;
        }

        string result = given == length ? "all" : given == from.Content.Bytes ? "all there is" : "short";
        return Say(Call, source.Raw, length, result, Moved.Bytes(given));
    }

    /// <summary>A write of what the flow has in memory, to its mirror.</summary>
    private Moved CopyTo(SimTarget target, byte* buffer, int length)
    {
        const string Call = "write target";
        SimDirection direction = Stepping!;
        Errno mishap = Before(direction, Call);
        if (CannotGive(Call, target, length, mishap, out Moved failure))
        {
            return failure;
        }

        int count = PagesFor(target.Pipe, length);
        SimRange range = new(direction.Stream, target.Got, count);
        LawBrokenException.Require(
            new ReadOnlySpan<byte>(buffer, count).SequenceEqual(SimContent.At(range.Stream, range.Start, count)),
            $"a target gets bytes that are not the stream's at {target.Got}");
        foreach (SimRange page in Pages(range))
        {
            target.Take(direction, page, byTee: false);
        }

        return Say(Call, target.Pipe.WriteEnd, length, count == length ? "all" : "short", Moved.Bytes(count));
    }

    private bool CannotGive(string call, SimTarget target, int length, Errno mishap, out Moved failure)
    {
        LawBrokenException.Require(target.Branch.IsLiving, "an offer to a target that has ended");
        bool cannot = CannotPut(call, target.Pipe.WriteSide, null, length, mishap, out failure);
        target.WasFull = cannot && failure.IsWouldBlock;
        target.LastError = cannot && !failure.IsWouldBlock ? (Errno)failure.Error : 0;
        return cannot;
    }
}

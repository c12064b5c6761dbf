// The model beside one target of a tee, or of a mirror: what it has got, and what it still has a right to.
using Zerocopy.Sys;

namespace Zerocopy.Properties.Simulation;

internal sealed class SimTarget(SimPipe pipe, TeeBranch branch, TeeOptions options, long start)
{
    internal SimPipe Pipe { get; } = pipe;

    internal TeeBranch Branch { get; } = branch;

    internal TeeOptions Options { get; } = options;

    /// <summary>The library's view of its write end, whose marks it waits for.</summary>
    internal PipeEnd End { get; private set; } = new();

    /// <summary>The position in the stream up to which it has every byte.</summary>
    internal long Got { get; private set; } = start;

    internal long Copied { get; private set; }

    internal long Teed { get; private set; }

    /// <summary>The last answer it gave was would-block: only then may it be called slow.</summary>
    internal bool WasFull { get; set; }

    /// <summary>What it last failed with: only then may it be called failed.</summary>
    internal Errno LastError { get; set; }

    /// <summary>This process has closed it.</summary>
    internal bool IsClosedHere { get; private set; }

    /// <summary>Not a byte may go on that it has not got.</summary>
    internal bool HoldsBack
        => Branch.IsLiving || (Branch.EndedBy == TeeEnd.Failed && Options.OnFailure == TeeFailure.Stop);

    /// <summary>The next flow has its own view of it.</summary>
    internal void Open(SimKernel kernel, KernelPipe owner)
    {
        End = new PipeEnd();
        End.OpenSimulated(kernel, owner, isReadEnd: false, IsClosedHere ? -1 : Pipe.WriteEnd);
        End.Marks |= IsClosedHere ? Readiness.Closed : Readiness.None;
    }

    /// <summary>This process closes it: its lease can no longer be had.</summary>
    internal void CloseHere(SimKernel kernel, KernelPipe owner)
    {
        IsClosedHere = true;
        LastError = Errno.EPIPE;
        End.OpenSimulated(kernel, owner, isReadEnd: false, -1);
        End.Marks |= Readiness.Closed;
    }

    internal bool HasFailedWith(FlowFault? fault)
        => LastError != 0 && Branch.Error == (int)LastError && fault?.Error == Branch.Error;

    /// <summary>A piece comes: the next one, exactly once.</summary>
    internal void Take(SimDirection direction, SimRange range, bool byTee)
    {
        LawBrokenException.Require(Branch.IsLiving, "bytes for a target that has ended");
        LawBrokenException.Require(
            range.Stream == direction.Stream && range.Start == Got,
            $"a target gets stream {range.Stream} at {range.Start}, due is stream {direction.Stream} at {Got}");
        Got += range.Length;
        Teed += byTee ? range.Length : 0;
        Copied += byTee ? 0 : range.Length;
        WasFull = false;
        Pipe.WriteSide.HasClaimed = false;
        Pipe.Put(range);
    }
}

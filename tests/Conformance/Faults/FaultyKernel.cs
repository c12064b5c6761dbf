// The real kernel, with one splice that it refuses.
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Faults;

/// <summary>Like a sandbox that can be switched on in mid-stream.</summary>
/// <param name="error">The errno of the refused splice and of all later ones of its kind.</param>
internal sealed class FaultyKernel(int error) : KernelOverride
{
    private int _fills;
    private int _drains;

    internal int Error => error;

    /// <summary>From which splice into a pipe on it refuses; 0 is the first.</summary>
    internal int RefuseFillsFrom { get; init; } = int.MaxValue;

    /// <summary>From which splice out of a pipe on it refuses.</summary>
    internal int RefuseDrainsFrom { get; init; } = int.MaxValue;

    /// <summary>It makes no pipes.</summary>
    internal bool RefusePipes { get; init; }

    /// <summary>At most so many bytes leave a pipe at once, so that a refusal finds one half drained.</summary>
    internal int DrainBytesMax { get; init; } = int.MaxValue;

    internal bool HasRefused { get; private set; }

    private HashSet<int> ReadEnds { get; } = [];

    public override Moved Splice(BorrowedFd source, BorrowedFd destination, int length, long offset)
    {
        bool drains;
        lock (ReadEnds)
        {
            drains = ReadEnds.Contains(source.Raw);
        }

        bool refuses = drains ? _drains++ >= RefuseDrainsFrom : _fills++ >= RefuseFillsFrom;
        if (refuses)
        {
            HasRefused = true;
            return Moved.Failed(error);
        }

        return base.Splice(source, destination, drains ? Math.Min(length, DrainBytesMax) : length, offset);
    }

    public override Moved OpenPipe(int capacityBytes, out int readEnd, out int writeEnd)
    {
        if (RefusePipes)
        {
            HasRefused = true;
            (readEnd, writeEnd) = (-1, -1);
            return Moved.Failed(error);
        }

        Moved made = base.OpenPipe(capacityBytes, out readEnd, out writeEnd);
        lock (ReadEnds)
        {
            ReadEnds.Add(readEnd);
        }

        return made;
    }

    public override void ClosePipe(int readEnd, int writeEnd)
    {
        lock (ReadEnds)
        {
            ReadEnds.Remove(readEnd);
        }

        base.ClosePipe(readEnd, writeEnd);
    }
}

// A kernel before 6.4, whose pipes do not know RWF_NOWAIT, and whose poll may be wrong by the time it is believed.
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Faults;

/// <summary>The real one otherwise, of this process or of a sandbox.</summary>
internal sealed unsafe class OldKernel : KernelOverride
{
    /// <summary>poll calls everything ready: what it saw, somebody else has taken.</summary>
    internal bool LosesRaces { get; init; }

    /// <summary>Every splice is refused with this.</summary>
    internal int SpliceError { get; init; }

    /// <summary>There is no pipe to be had, for this reason.</summary>
    internal int PipeError { get; init; }

    internal int Refused { get; private set; }

    public override Moved ReadForeignPipe(BorrowedFd readEnd, byte* buffer, int length) => Refuse();

    public override Moved WriteForeignPipe(BorrowedFd writeEnd, byte* buffer, int length) => Refuse();

    public override Moved Splice(BorrowedFd source, BorrowedFd destination, int length, long offset)
        => SpliceError != 0 ? Moved.Failed(SpliceError) : base.Splice(source, destination, length, offset);

    public override Moved OpenPipe(int capacityBytes, out int readEnd, out int writeEnd)
    {
        (readEnd, writeEnd) = (-1, -1);
        return PipeError != 0 ? Moved.Failed(PipeError) : base.OpenPipe(capacityBytes, out readEnd, out writeEnd);
    }

    public override void Ask(BorrowedFd source, BorrowedFd destination, out bool canRead, out bool canWrite)
    {
        base.Ask(source, destination, out canRead, out canWrite);
        canRead |= LosesRaces;
        canWrite |= LosesRaces;
    }

    private Moved Refuse()
    {
        Refused++;
        return Moved.Failed((int)Errno.EOPNOTSUPP);
    }
}

// The real kernel, with the calls on files that a test makes fail.
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Faults;

internal sealed unsafe class FaultyFiles : KernelOverride
{
    private int _moves;
    private int _reads;
    private int _writes;

    /// <summary>The errno of the calls that fail; 0: they move nothing and say so.</summary>
    internal int Error { get; init; }

    /// <summary>From which sendfile, copy_file_range or splice of a file on; 0 is the first.</summary>
    internal int FailMovesFrom { get; init; } = int.MaxValue;

    /// <summary>Only so many of them fail.</summary>
    internal int FailMoves { get; init; } = int.MaxValue;

    internal int FailReadsFrom { get; init; } = int.MaxValue;

    internal int FailWritesFrom { get; init; } = int.MaxValue;

    /// <summary>At most so many bytes in one call.</summary>
    internal int BytesMax { get; init; } = int.MaxValue;

    internal bool HasFailed { get; private set; }

    /// <summary>The end of the furthest part of a file that was asked for.</summary>
    internal long Furthest { get; private set; }

    public override Moved MoveFile(
        TransferMechanism route,
        BorrowedFd file,
        long offset,
        BorrowedFd destination,
        long destinationOffset,
        int length)
    {
        int number = _moves++;
        Furthest = Math.Max(Furthest, offset + length);
        return number >= FailMovesFrom && number - FailMovesFrom < FailMoves
            ? Fail()
            : base.MoveFile(route, file, offset, destination, destinationOffset, Math.Min(length, BytesMax));
    }

    public override Moved ReadFile(BorrowedFd file, byte* buffer, int length, long offset)
        => _reads++ >= FailReadsFrom ? Fail() : base.ReadFile(file, buffer, Math.Min(length, BytesMax), offset);

    public override Moved WriteFile(BorrowedFd file, byte* buffer, int length, long offset)
        => _writes++ >= FailWritesFrom ? Fail() : base.WriteFile(file, buffer, Math.Min(length, BytesMax), offset);

    public override Moved Splice(BorrowedFd source, BorrowedFd destination, int length, long offset)
    {
        bool isFile = offset >= 0;
        return isFile && _writes++ >= FailWritesFrom
            ? Fail() : base.Splice(source, destination, isFile ? Math.Min(length, BytesMax) : length, offset);
    }

    private Moved Fail()
    {
        HasFailed = true;
        return Error == 0 ? Moved.Bytes(0) : Moved.Failed(Error);
    }
}

// The real kernel, but for what it says of a file's pages; and who takes what of a file.
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Faults;

/// <param name="answer">What is said of a byte of a file.</param>
internal sealed unsafe class PagesKernel(Func<long, FilePages> answer) : KernelOverride
{
    private int _asked;
    private int _takenOnLoop;
    private int _takenElsewhere;
    private FilePages? _said; // Of the piece that is next, to the loop.

    /// <summary>How long a loop's first call takes.</summary>
    internal int FirstMs { get; init; }

    internal int Asked => Volatile.Read(ref _asked);

    internal int TakenOnLoop => Volatile.Read(ref _takenOnLoop);

    internal int TakenElsewhere => Volatile.Read(ref _takenElsewhere);

    /// <summary>What a loop took that it must not have taken.</summary>
    internal string? Violation { get; private set; }

    private static bool IsOnLoop => LoopGroup.Default.Hosts.Any(host => host.Loop.IsCurrent);

    public override FilePages AskPages(BorrowedFd file, long offset)
    {
        _ = Interlocked.Increment(ref _asked);
        FilePages said = answer(offset);
        _said = said;
        return said;
    }

    public override Moved MoveFile(
        TransferMechanism route,
        BorrowedFd file,
        long offset,
        BorrowedFd destination,
        long destinationOffset,
        int length)
    {
        Note(offset, length);
        return base.MoveFile(route, file, offset, destination, destinationOffset, length);
    }

    public override Moved ReadFile(BorrowedFd file, byte* buffer, int length, long offset)
    {
        if (offset < SizeOf(file)) // What is read at the end waits for nothing.
        {
            Note(offset, length);
        }

        return base.ReadFile(file, buffer, length, offset);
    }

    private void Note(long offset, int length)
    {
        if (!IsOnLoop)
        {
            _ = Interlocked.Increment(ref _takenElsewhere);
            return;
        }

        if (_said is not (FilePages.Hot or FilePages.AlwaysHot))
        {
            Violation ??= $"{length} bytes at {offset} taken on a loop, which are {_said}";
        }

        if (length > PageGauge.PieceBytes)
        {
            Violation ??= $"{length} bytes at once taken on a loop";
        }

        if (Interlocked.Increment(ref _takenOnLoop) == 1)
        {
            Thread.Sleep(FirstMs);
        }
    }
}

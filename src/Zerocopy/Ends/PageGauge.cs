using System.Diagnostics;
using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>Whether a loop may take the next bytes of a file: only if no call waits for the disk, because everybody
/// else on the loop would wait with it.</summary>
/// <remarks>The kernel is asked for the last byte of the next piece. Pages come into memory in order, so that is a good
/// hint, and no promise. A piece that took long all the same is the last one that a loop takes.</remarks>
internal struct PageGauge
{
    /// <summary>What is asked for, and taken, at once.</summary>
    internal const int PieceBytes = 256 * 1024;

    /// <summary>Who is held up for longer than this waits for the disk.</summary>
    internal const int SlowMs = 2;

    private FilePiece? _verdict; // For every piece; null if the kernel is asked of each.
    private long _began;

    /// <summary>True after a refusal, until it is asked again or need not be.</summary>
    internal bool IsOnDisk { get; set; }

    /// <summary>Asks, in a turn in which no call may wait.</summary>
    /// <param name="runner">Whose turn it is. It is told if the next one has to be another.</param>
    /// <param name="kernel">Who is asked.</param>
    /// <param name="file">The file.</param>
    /// <param name="offset">The next byte.</param>
    /// <param name="left">How many there are from there on, above 0.</param>
    /// <param name="length">How many are wanted, above 0; cut to a piece.</param>
    internal bool MayTake(
        FlowRunner runner, IKernel kernel, BorrowedFd file, long offset, long left, ref int length)
    {
        Debug.Assert(left > 0 && length > 0);
        length = Math.Min(length, PieceBytes);
        FilePiece piece = _verdict ?? Ask(kernel, file, offset + Math.Min(length, left) - 1);
        runner.Resources.Totals.AddPiece(piece);
        IsOnDisk = piece != FilePiece.Hot;
        if (IsOnDisk)
        {
            runner.AwaitDisk(forGood: piece != FilePiece.Cold);
            return false;
        }

        _began = Stopwatch.GetTimestamp();
        return true;
    }

    /// <summary>The piece was taken.</summary>
    internal void Taken()
    {
        if (_began != 0)
        {
            _verdict = Stopwatch.GetElapsedTime(_began).TotalMilliseconds > SlowMs ? FilePiece.Slow : _verdict;
            _began = 0;
        }
    }

    private FilePiece Ask(IKernel kernel, BorrowedFd file, long last)
    {
        switch (kernel.AskPages(file, last))
        {
            case FilePages.Hot:
                return FilePiece.Hot;
            case FilePages.Cold:
                return FilePiece.Cold;
            case FilePages.AlwaysHot:
                _verdict = FilePiece.Hot;
                return FilePiece.Hot;
            default:
                _verdict = FilePiece.Unknown;
                return FilePiece.Unknown;
        }
    }
}

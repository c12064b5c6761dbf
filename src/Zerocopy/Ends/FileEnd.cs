using System.Diagnostics;
using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>A regular file as an end of a flow. Always ready, but a call may wait for the disk: such flows run on the
/// thread pool, or on a loop for as long as <see cref="PageGauge"/> says that what is next is in memory.</summary>
/// <remarks>Bytes are at explicit offsets, from the stream's position on, which is set afterwards: FileStream keeps it
/// in memory and never asks the kernel. A descriptor with O_APPEND writes at the end, wherever that is. A file that can
/// seek and knows no offsets all the same (ESPIPE) is read and written where it is.</remarks>
internal sealed class FileEnd : HandleEnd
{
    private IKernel _kernel = null!;
    private Endpoint _file;
    private long _offset;
    private long _size;
    private bool _hasMoved;
    private bool _isSequential; // Offsets are refused.
    private PageGauge _pages;
    private IOException? _truncated;

    internal override long Offset => Appends || _isSequential ? -1 : _offset;

    internal override string ReadName => "read";

    internal override string WriteName => "write";

    internal override Exception? Exception => _truncated;

    internal override bool WritesAtOnce => true;

    internal override bool ReadsAtOnce => true;

    internal override bool IsOnDisk => _pages.IsOnDisk;

    private FileStream? Stream => (FileStream?)_file.Stream;

    private bool Appends => _file.Appends;

    internal void Open(IKernel kernel, in Endpoint endpoint, FlowRunner owner)
    {
        Debug.Assert(endpoint.Kind == EndpointKind.RegularFile);
        _kernel = kernel;
        _file = endpoint;
        _life.Open(endpoint.Handle!, wakes: false);
        _offset = endpoint.Offset;
        _size = endpoint.Size;
        _hasMoved = false;
        _isSequential = false;
        _truncated = null;
        _pages = default;
        Marks = Readiness.Assumed;
        Runner = owner;
        _ = TakeNewEdges();
    }

    internal override unsafe Moved Read(Block block, int length)
    {
        fixed (byte* start = block.Span)
        {
            length = (int)Math.Min(length, Left(long.MaxValue - _offset));
            if (length == 0)
            {
                return Passed(Moved.Bytes(0));
            }

            if (!MayTake(ref length))
            {
                return Moved.WouldBlock;
            }

            Moved read = _kernel.ReadFile(Fd, start, length, Offset);
            read = BecomesSequential(read) ? _kernel.ReadFile(Fd, start, length, Offset) : read;
            _pages.Taken();
            return Passed(read);
        }
    }

    /// <summary>Asks for no more than is there: sendfile holds a short tail back for 200 ms if it was promised
    /// more.</summary>
    internal override Moved MoveTo(BorrowedFd destination, TransferMechanism route, int length, long offset)
    {
        long left = Left(_size - _offset);
        if (left <= 0)
        {
            _size = Math.Max(_size, _kernel.SizeOf(Fd)); // It may have grown.
            left = Left(_size - _offset);
        }

        if (left <= 0)
        {
            return Moved.Bytes(0); // Perhaps the end; perhaps it hides its size (procfs). One read knows.
        }

        length = (int)Math.Min(length, left);
        if (!MayTake(ref length))
        {
            return Moved.WouldBlock;
        }

        Moved moved = _kernel.MoveFile(route, Fd, _offset, destination, offset, length);
        _pages.Taken();
        return moved.IsError || moved.Count == 0 ? moved : Passed(moved);
    }

    internal override unsafe Moved Peek()
    {
        byte one;
        return Left(long.MaxValue - _offset) <= 0 ? Moved.Bytes(0) : AtEnd(_kernel.ReadFile(Fd, &one, 1, _offset));
    }

    internal override unsafe Moved Write(ReadOnlyMemory<byte> bytes)
    {
        fixed (byte* start = bytes.Span)
        {
            Moved written = _kernel.WriteFile(Fd, start, bytes.Length, Offset);
            return Passed(BecomesSequential(written) ? _kernel.WriteFile(Fd, start, bytes.Length, Offset) : written);
        }
    }

    internal override void Took(int count)
    {
        _offset += count;
        _hasMoved |= count > 0;
    }

    internal override Moved FinishWriting() => Moved.Bytes(0);

    internal override void Close()
    {
        try
        {
            if (_hasMoved)
            {
                SetPosition();
            }
        }
        catch (ObjectDisposedException)
        {
            // Its owner has no use for the position any more.
        }
        finally
        {
            _life.Close();
            _file = default;
            Runner = null;
        }
    }

    internal override void CloseOwned(bool reset) => Given!.Dispose();

    /// <summary>True if that much, or what it was cut to, can be taken without waiting for the disk, or if this turn
    /// may wait.</summary>
    private bool MayTake(ref int length)
    {
        long left = _size - _offset; // What was appended since is in memory, and at the end nothing is waited for.
        if (left > 0 && Runner is { MustNotWait: true } runner)
        {
            return _pages.MayTake(runner, _kernel, Fd, _offset, left, ref length);
        }

        _pages.IsOnDisk = false;
        return true;
    }

    /// <summary>How much may be taken at most: a file that is copied to its own end has none.</summary>
    private long Left(long most) => _file.IsSelfCopy ? Math.Max(0, Math.Min(most, _file.Size - _offset)) : most;

    /// <summary>True if a call is to be made again without an offset. Where the user has named one it fails.</summary>
    private bool BecomesSequential(Moved moved)
    {
        bool isRefused = moved.Error == (int)Errno.ESPIPE && !_isSequential && _file.MovesPosition;
        _isSequential |= isRefused;
        return isRefused;
    }

    private Moved Passed(Moved moved)
    {
        if (moved.IsError)
        {
            return moved;
        }

        Took(moved.Count);
        return AtEnd(moved);
    }

    private Moved AtEnd(Moved read)
    {
        // A file of sysfs is shorter than it says; a truncated one has become shorter than it was.
        if (read.IsError || read.Count > 0 || _offset >= _size || _kernel.SizeOf(Fd) >= _size)
        {
            return read;
        }

        _truncated = ThrowHelper.Truncated(_offset, _size);
        return Moved.Failed((int)Errno.EIO);
    }

    private void SetPosition()
    {
        if (Stream is { } stream)
        {
            stream.Position = Appends ? stream.Length : _offset;
            _ = stream.SafeFileHandle; // Drops what it had read ahead, which may be old now.
        }
        else if (_file.MovesPosition && !Appends && !_isSequential && TryEnter())
        {
            _ = Syscall.Seek(Fd, _offset, SeekFrom.Start);
            Exit();
        }
    }
}

using System.Diagnostics;
using Microsoft.Win32.SafeHandles;
using Errno = Zerocopy.Sys.Errno;

namespace Zerocopy;

/// <summary>A regular file as an end of a flow where the kernel may not be asked: the same rules as <see
/// cref="FileEnd"/>, by <see cref="RandomAccess"/>.</summary>
internal sealed class PlainFileEnd : HandleEnd
{
    private readonly Endpoint _file;
    private readonly SafeFileHandle _view; // The same descriptor, if the user's handle is of another class.
    private readonly long _size;
    private long _offset;
    private bool _hasMoved;
    private Exception? _exception;

    internal PlainFileEnd(in Endpoint endpoint, FlowRunner runner)
    {
        Debug.Assert(endpoint.Kind == EndpointKind.RegularFile);
        _file = endpoint;
        _life.Open(endpoint.Handle!, wakes: false);
        _view = PlainProbe.FileHandleOf(_life.Handle!);
        _offset = endpoint.Offset;
        _size = endpoint.Size;
        Runner = runner;
    }

    internal override bool ServesOnce => true;

    internal override string ReadName => "read";

    internal override string WriteName => "write";

    internal override Exception? Exception => _exception;

    internal override Moved Read(Block block, int length)
    {
        try
        {
            // A file that is copied to its own end has none.
            long left = (_file.IsSelfCopy ? _size : long.MaxValue) - _offset;
            length = (int)Math.Clamp(left, 0, length);
            int count = length == 0 ? 0 : RandomAccess.Read(_view, block.Span[..length], _offset);
            Pass(count);
            return count == 0 && IsTruncated() ? Moved.Failed((int)Errno.EIO) : Moved.Bytes(count);
        }
        catch (Exception e) when (IsOfTheFile(e))
        {
            return Failed(e);
        }
    }

    internal override Moved Write(ReadOnlyMemory<byte> bytes)
        => _file.Appends ? Append(bytes.Span) : WriteAt(bytes.Span);

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
        }
    }

    internal override void CloseOwned(bool reset) => Given!.Dispose();

    /// <summary>All of it, or as much as there is room for: .NET does not tell how much that was, but it can be written
    /// again, in halves, until the byte is found that cannot.</summary>
    private Moved WriteAt(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > long.MaxValue - _offset)
        {
            return Moved.Failed((int)Errno.EINVAL); // As the kernel says, of all of it.
        }

        while (true)
        {
            try
            {
                RandomAccess.Write(_view, bytes, _offset);
                Pass(bytes.Length);
                return Moved.Bytes(bytes.Length);
            }
            catch (Exception e) when (IsOfTheFile(e))
            {
                if (bytes.Length == 1 || !IsFull(e))
                {
                    return Failed(e);
                }

                bytes = bytes[..(bytes.Length / 2)];
            }
        }
    }

    /// <summary>With O_APPEND a write goes to the end, so how much it wrote is how much the file has grown.</summary>
    private Moved Append(ReadOnlySpan<byte> bytes)
    {
        long size = 0;
        try
        {
            size = RandomAccess.GetLength(_view);
            RandomAccess.Write(_view, bytes, size);
            Pass(bytes.Length);
            return Moved.Bytes(bytes.Length);
        }
        catch (Exception e) when (IsOfTheFile(e))
        {
            int grown = (int)Math.Clamp(SizeOr(size) - size, 0, bytes.Length);
            Pass(grown);
            return grown > 0 ? Moved.Bytes(grown) : Failed(e);
        }
    }

    /// <summary>How long it is now.</summary>
    private long SizeOr(long unknown)
    {
        try
        {
            return RandomAccess.GetLength(_view);
        }
        catch (Exception e) when (IsOfTheFile(e))
        {
            return unknown; // Disposed meanwhile.
        }
    }

    // .NET has an exception of its own for EFBIG, as if the offset were a wrong argument.
    private static bool IsOfTheFile(Exception e)
        => e is IOException or UnauthorizedAccessException or ObjectDisposedException or ArgumentOutOfRangeException;

    private static bool IsFull(Exception e)
    {
        const int DiskQuota = 122, MacDiskQuota = 69, WindowsDiskFull = unchecked((int)0x80070070);
        return e is ArgumentOutOfRangeException || e is IOException && e.HResult
            is (int)Errno.ENOSPC or (int)Errno.EFBIG or DiskQuota or MacDiskQuota or WindowsDiskFull;
    }

    private void Pass(int count)
    {
        _offset += count;
        _hasMoved |= count > 0;
    }

    private bool IsTruncated()
    {
        // A file of sysfs is shorter than it says; a truncated one has become shorter than it was.
        if (_offset >= _size || RandomAccess.GetLength(_view) >= _size)
        {
            return false;
        }

        _exception = ThrowHelper.Truncated(_offset, _size);
        return true;
    }

    private Moved Failed(Exception e)
    {
        // On Unix it is the errno, and says as much as the kernel would.
        const int ErrnoMax = 4095;
        if (e is ArgumentOutOfRangeException)
        {
            return Moved.Failed((int)Errno.EFBIG);
        }

        if (e is IOException && !OperatingSystem.IsWindows() && e.HResult is > 0 and <= ErrnoMax)
        {
            return Moved.Failed(e.HResult);
        }

        _exception = e;
        return Moved.Failed((int)Errno.EIO);
    }

    private void SetPosition()
    {
        if (_file.Stream is FileStream stream)
        {
            stream.Position = _file.Appends ? stream.Length : _offset;
            _ = stream.SafeFileHandle; // Drops what it had read ahead, which may be old now.
        }
        else if (_file.MovesPosition && !_file.Appends && TryEnter())
        {
            try
            {
                PlainProbe.Seek(_life.Handle!, _offset);
            }
            finally
            {
                Exit();
            }
        }
    }
}

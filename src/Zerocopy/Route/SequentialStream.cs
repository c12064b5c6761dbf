using System.Runtime.InteropServices;
using Zerocopy.Sys;
using Use = Zerocopy.EndpointResolver.Use;

namespace Zerocopy;

/// <summary>A file's handle as a stream that reads and writes where the handle is: for what is called a regular file
/// and cannot seek, as in tracefs or a file system of a program.</summary>
/// <remarks>A call may wait as long as it likes, and poll does not say for how long, so it is made on the thread pool,
/// as Stream does by itself. FileStream cannot be put over such a handle: it believes that every regular file
/// seeks.</remarks>
/// <param name="handle">Stays the caller's.</param>
/// <param name="use">Whether it is to be read or written.</param>
internal sealed class SequentialStream(SafeHandle handle, Use use) : Stream
{
    public override bool CanRead => !handle.IsClosed && (use & Use.Read) != 0;

    public override bool CanWrite => !handle.IsClosed && (use & Use.Write) != 0;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        using FdLease lease = Lease();
        SysResult read = Syscall.Read(lease.Fd, buffer);
        return read.IsError ? throw ThrowHelper.Kernel("read", (int)read.Errno) : (int)read.Value;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        using FdLease lease = Lease();
        while (buffer.Length > 0)
        {
            SysResult written = Syscall.Write(lease.Fd, buffer);
            if (written.IsError || written.Value == 0)
            {
                throw ThrowHelper.Kernel("write", (int)(written.IsError ? written.Errno : Errno.EIO));
            }

            buffer = buffer[(int)written.Value..];
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
        // It keeps nothing back.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            handle.Dispose(); // Only by a relay that owns it.
        }

        base.Dispose(disposing);
    }

    private FdLease Lease()
        => FdLease.TryAcquire(handle, out FdLease lease) ? lease : throw ThrowHelper.Disposed("handle");
}

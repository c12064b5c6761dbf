using System.Diagnostics;
using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>A pipe of the kernel with an owner for each end.</summary>
internal sealed class KernelPipe : PipeCore
{
    private readonly OwnedFd _readEnd;
    private readonly OwnedFd _writeEnd;
    private volatile bool _isReadClosed; // The handle looks open as long as anybody has a lease.
    private volatile bool _isWriteClosed;
    private long _pages; // Counted in the budget; 0 once both ends are closed. Guarded by the gate.

    private KernelPipe(int readEnd, int writeEnd)
    {
        _readEnd = OwnedFd.FromRaw(readEnd);
        _writeEnd = OwnedFd.FromRaw(writeEnd);
    }

    ~KernelPipe() => PageBudget.Process.Release(_pages); // The handles close themselves.

    /// <summary>True in a sandbox that refuses splice or tee: then a pipe of the kernel is good for nothing; or pipe2:
    /// then there is none. With arguments that cannot be right a kernel that has them says EBADF and EINVAL; a sandbox
    /// refuses before it looks.</summary>
    internal static bool IsRefused { get; } =
        Syscall.Splice(BorrowedFd.FromRaw(-1), BorrowedFd.FromRaw(-1), 1, SpliceFlags.NonBlock).Errno != Errno.EBADF
        || Syscall.Tee(BorrowedFd.FromRaw(-1), BorrowedFd.FromRaw(-1), 1, SpliceFlags.NonBlock).Errno != Errno.EBADF
        || Syscall.Pipe2(out _, out _, (PipeFlags)(-1)).Errno != Errno.EINVAL;

    internal override bool IsKernelPipe => true;

    internal override bool IsReadClosed => _isReadClosed;

    internal override bool IsWriteClosed => _isWriteClosed;

    internal OwnedFd ReadEnd => _readEnd;

    internal OwnedFd WriteEnd => _writeEnd;

    /// <summary>Makes a close-on-exec, non-blocking pipe.</summary>
    /// <returns>Null for want of descriptors or memory, or in a sandbox: the next pipe may be a real one
    /// again.</returns>
    internal static KernelPipe? TryCreate(int capacityBytes)
    {
        Moved granted = LinuxKernel.Instance.OpenPipe(capacityBytes, out int readEnd, out int writeEnd);
        if (granted.IsError)
        {
            return Refusals.MeaningOf(KernelCall.Pipe2, granted.Error) != ErrorMeaning.Failure
                ? null : throw ThrowHelper.Kernel("pipe2", granted.Error);
        }

        KernelPipe pipe = new(readEnd, writeEnd);
        lock (pipe.Gate)
        {
            pipe.Count(granted.Count);
        }

        return pipe;
    }

    internal override int GetCapacity()
    {
        using FdLease lease = Lease();
        return Granted(Syscall.GetPipeSize(lease.Fd));
    }

    internal override void SetCapacity(int bytes)
    {
        using FdLease lease = Lease();
        lock (Gate)
        {
            Count(Granted(Syscall.SetPipeSize(lease.Fd, bytes)));
        }
    }

    internal override int GetAvailable()
    {
        if (!FdLease.TryAcquire(_readEnd, out FdLease lease))
        {
            throw ThrowHelper.PipeClosed("read");
        }

        using (lease)
        {
            _ = Granted(Syscall.BytesAvailable(lease.Fd, out int bytes));
            return bytes;
        }
    }

    internal override void Dispose()
    {
        _isReadClosed = true; // Both before either end can be seen.
        _isWriteClosed = true;
        CloseWrite(null);
        CloseRead();
    }

    internal override void CloseRead()
    {
        _isReadClosed = true;
        _readEnd.Dispose();
        lock (Gate)
        {
            Tees.End(TeeEnd.SourceClosed);
        }

        Uncount();
    }

    internal override void CloseWrite(Exception? fault)
    {
        if (!_isWriteClosed)
        {
            Fault = fault; // Before the end that it explains can be seen.
            _isWriteClosed = true;
        }

        _writeEnd.Dispose();
        Uncount();
    }

    /// <summary>Takes the pages of the pipe as it is now into the process's count.</summary>
    private void Count(int capacityBytes)
    {
        long pages = capacityBytes / PageBudget.PageBytes;
        PageBudget.Process.Reserve(pages - _pages);
        _pages = pages;
    }

    private void Uncount()
    {
        if (!_isReadClosed || !_isWriteClosed)
        {
            return;
        }

        lock (Gate)
        {
            PageBudget.Process.Release(_pages);
            _pages = 0;
        }

#pragma warning disable CA1816 // This is what disposes it, one end after the other.
        GC.SuppressFinalize(this);
#pragma warning restore CA1816
    }

    private FdLease Lease()
    {
        if (FdLease.TryAcquire(_readEnd, out FdLease lease) || FdLease.TryAcquire(_writeEnd, out lease))
        {
            return lease;
        }

        throw ThrowHelper.PipeClosed("read and write");
    }

    private static int Granted(SysResult result)
    {
        Debug.Assert(result.Errno != Errno.EBADF);
        return result.IsError ? throw ThrowHelper.Kernel("fcntl", (int)result.Errno) : (int)result.Value;
    }
}

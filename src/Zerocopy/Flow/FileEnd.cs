using System.Diagnostics;
using System.Runtime.InteropServices;
using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>A regular file as the destination of a flow. Always ready, but a call may wait for the disk, so such flows run
/// on the thread pool.</summary>
/// <remarks>Bytes go to explicit offsets, from the stream's position on, and the position is set afterwards: FileStream
/// keeps it in memory and never asks the kernel. A descriptor with O_APPEND writes at the end, wherever that
/// is.</remarks>
internal sealed class FileEnd : FlowEnd
{
    private IKernel _kernel = null!;
    private FileStream? _stream;
    private FdLease _lease;
    private SafeHandle _handle = null!;
    private long _offset;
    private bool _appends;
    private bool _hasWritten;

    internal override int Fd => _lease.IsHeld ? _lease.Raw : -1;

    internal override long Offset => _appends ? -1 : _offset;

    internal override string ReadName => "read";

    internal override string WriteName => "write";

    internal void Open(IKernel kernel, in Endpoint endpoint)
    {
        Debug.Assert(endpoint.Kind == EndpointKind.RegularFile && _stream is null);
        _kernel = kernel;
        _stream = (FileStream)endpoint.Stream!;
        _handle = endpoint.Handle!;
        _offset = _stream.Position;
        _appends = !endpoint.CanSplice;
        _hasWritten = false;
        Marks = Readiness.Assumed;
    }

    // No event tells that a file was closed.
    internal override bool IsUntold => true;

    internal override void TakeEdges()
    {
        if (_handle.IsClosed)
        {
            Marks |= Readiness.Closed;
        }
    }

    internal override bool TryEnter()
    {
        if (!_lease.IsHeld && !FdLease.TryAcquire(_handle, out _lease))
        {
            Marks |= Readiness.Closed;
            return false;
        }

        return true;
    }

    internal override void Exit() => _lease.Release();

    internal override bool IsDisposed() => Has(Readiness.Closed) || _handle.IsClosed;

    internal override Moved Read(Block block, int length) => throw new UnreachableException();

    internal override unsafe Moved Write(ReadOnlyMemory<byte> bytes)
    {
        Moved written;
        fixed (byte* start = bytes.Span)
        {
            written = _kernel.WriteFile(Fd, start, bytes.Length, Offset);
        }

        if (!written.IsError)
        {
            Took(written.Count);
        }

        return written;
    }

    internal override void Took(int count)
    {
        _offset += count;
        _hasWritten |= count > 0;
    }

    internal override Moved FinishWriting() => Moved.Bytes(0);

    internal override void Close()
    {
        Debug.Assert(!_lease.IsHeld);
        try
        {
            if (_hasWritten)
            {
                _stream!.Position = _appends ? _stream.Length : _offset;
                _ = _stream.SafeFileHandle; // Drops what it had read ahead, which may be old now.
            }
        }
        catch (ObjectDisposedException)
        {
            // Its owner has no use for the position any more.
        }

        _stream = null;
        _handle = null!;
    }

    internal override void CloseOwned(bool reset) => _stream!.Dispose();
}

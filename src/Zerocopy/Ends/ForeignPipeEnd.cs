using System.Diagnostics;
using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>An end of a pipe that this library has not made: a process's output, an anonymous pipe, a FIFO.</summary>
/// <remarks>
/// <para>It may be in blocking mode, and that is not ours to change: whoever has the same description would see it. And
/// whoever has it too may take what poll has promised. So no plain read or write is made on a loop, ever: the first
/// try is RWF_NOWAIT, then a splice, which never waits, to or from a pipe of the library, from where it is read or to
/// where it was written.</para>
/// <para>Where there is no such pipe to be had, the operation is at home on the thread pool (<see
/// cref="RouteChoice.MayBlock"/>), and the call is made after poll has said that it is ready. Decision 18.</para>
/// </remarks>
internal sealed class ForeignPipeEnd : DescriptorEnd
{
    // POSIX's PIPE_BUF: what a pipe that poll calls writable takes without waiting, unless somebody else is quicker.
    private const int AtomicBytesMax = 4096;

    private bool _isReadEnd;
    private bool _mayWait; // A call may be made that waits if somebody else is quicker: no loop stands still for it.
    private bool _refusesNoWait;
    private bool _wantsPipe; // Nothing tells when a pipe can be had: it is asked for now and then.
    private Stream? _stream;
    private MoveResources _resources = null!;
    private SplicePipe? _own; // Between two writes: what is in it are the next bytes to be written.

    internal override string ReadName => "read";

    internal override string WriteName => "write";

    internal override bool IsSharedPipe => true;

    internal override bool WritesAtOnce => true;

    internal override bool ReadsAtOnce => true;

    internal void Open(in Endpoint endpoint, bool isReadEnd, FlowRunner owner)
    {
        _isReadEnd = isReadEnd;
        _mayWait = !endpoint.MayBlock || owner.Host is null;
        _refusesNoWait = false;
        _wantsPipe = false;
        _stream = endpoint.Stream;
        _resources = owner.Resources;
        Open(owner.Resources.Kernel!, endpoint.Handle!, wakesOnDispose: false, owner);
    }

    /// <summary>Opens an end of a simulated kernel's pipe, at home on a loop.</summary>
    internal void OpenSimulated(MoveResources resources, bool isReadEnd, int fd)
    {
        _isReadEnd = isReadEnd;
        _resources = resources;
        OpenSimulated(resources.Kernel!, fd);
    }

    internal override bool Leave()
    {
        ReleaseOwn();
        return base.Leave();
    }

    internal override void Close()
    {
        Debug.Assert(_own is null);
        base.Close();
        _stream = null;
    }

    internal override int Park()
    {
        int error = base.Park();
        if (_wantsPipe && Runner is not null)
        {
            BeginWatch();
        }

        return error;
    }

    private protected override Readiness LookForUntold()
        => base.LookForUntold() | (_wantsPipe ? Readiness.Assumed : Readiness.None);

    internal override unsafe Moved Read(Block block, int length)
    {
        Debug.Assert(_isReadEnd);
        fixed (byte* start = block.Span)
        {
            if (!_refusesNoWait)
            {
                Moved read = Kernel.ReadForeignPipe(Fd, start, length);
                if (!IsRefusal(read))
                {
                    return read;
                }
            }

            return TryRentOwn(out int error) ? ReadThroughOwn(start, length) : ReadAfterPoll(start, length, error);
        }
    }

    internal override Moved MoveTo(BorrowedFd destination, TransferMechanism route, int length, long offset)
        => Kernel.Splice(Fd, destination, length, offset);

    internal override bool IsAtEnd() => Kernel.IsPipeAtEnd(Fd);

    internal override unsafe Moved Write(ReadOnlyMemory<byte> bytes)
    {
        Debug.Assert(!_isReadEnd);
        fixed (byte* start = bytes.Span)
        {
            if (!_refusesNoWait)
            {
                Moved written = Kernel.WriteForeignPipe(Fd, start, bytes.Length);
                if (!IsRefusal(written))
                {
                    return written;
                }
            }

            return TryRentOwn(out int error)
                ? WriteThroughOwn(start, bytes.Length) : WriteAfterPoll(start, bytes.Length, error);
        }
    }

    // Its end of stream is the close, and that is its owner's.
    internal override bool CanHalfClose => false;

    internal override Moved FinishWriting() => Moved.Bytes(0);

    internal override int DeathOf() => _isReadEnd ? 0 : (int)Errno.EPIPE;

    internal override void CloseOwned(bool reset)
    {
        if (_stream is not null)
        {
            _stream.Dispose();
        }
        else
        {
            Given!.Dispose();
        }
    }

    private bool IsRefusal(Moved moved)
        => _refusesNoWait = moved.IsError && Refusals.IsRefusal(KernelCall.NoWait, moved.Error);

    private bool TryRentOwn(out int error)
    {
        error = 0;
        _own ??= _resources.Pipes!.TryRent(EventLoop.NowMs, insist: true, out error);
        _wantsPipe = false;
        return _own is not null;
    }

    private unsafe Moved ReadThroughOwn(byte* start, int length)
    {
        SplicePipe own = _own!;
        Moved moved = Kernel.Splice(Fd, own.WriteEnd, length, offset: -1);
        int count = 0;
        if (!moved.IsError && moved.Count > 0)
        {
            own.Filled(moved.Count);
            while (own.Pending > 0)
            {
                Moved read = Kernel.ReadPipe(own.ReadEnd, start + count, own.Pending);
                if (read.IsError || read.Count == 0)
                {
                    ReleaseOwn();
                    return read.IsError ? read : Moved.Failed((int)Errno.EIO);
                }

                own.Drained(read.Count);
                count += read.Count;
            }
        }

        ReleaseOwn();
        return !moved.IsError ? Moved.Bytes(count)
            : Refusals.IsRefusal(KernelCall.SpliceFill, moved.Error)
            ? ReadAfterPoll(start, length, moved.Error) : moved;
    }

    /// <summary>What does not fit stays in the library's pipe, and is the first that goes next time.</summary>
    private unsafe Moved WriteThroughOwn(byte* start, int length)
    {
        SplicePipe own = _own!;
        if (own.Pending == 0)
        {
            Moved filled = Kernel.WritePipe(own.WriteEnd, start, length);
            if (filled.IsError)
            {
                ReleaseOwn();
                return filled.IsWouldBlock ? Moved.Failed((int)Errno.EIO) : filled; // An empty pipe takes a byte.
            }

            own.Filled(filled.Count);
        }

        Moved moved = Kernel.Splice(own.ReadEnd, Fd, Math.Min(own.Pending, length), offset: -1);
        if (!moved.IsError && moved.Count > 0)
        {
            own.Drained(moved.Count);
            if (own.Pending == 0)
            {
                ReleaseOwn();
            }

            return moved;
        }

        if (moved.IsWouldBlock)
        {
            return moved;
        }

        ReleaseOwn();
        return moved.IsError && Refusals.IsRefusal(KernelCall.SpliceDrain, moved.Error)
            ? WriteAfterPoll(start, length, moved.Error) : moved;
    }

    private unsafe Moved ReadAfterPoll(byte* start, int length, int error)
    {
        if (!_mayWait)
        {
            return WithoutPipe(error);
        }

        Kernel.Ask(Fd, destination: default, out bool canRead, out _);
        return canRead ? Kernel.ReadPipe(Fd, start, length) : Moved.WouldBlock;
    }

    private unsafe Moved WriteAfterPoll(byte* start, int length, int error)
    {
        if (!_mayWait)
        {
            return WithoutPipe(error);
        }

        Kernel.Ask(source: default, Fd, out _, out bool canWrite);
        return canWrite ? Kernel.WritePipe(Fd, start, Math.Min(length, AtomicBytesMax)) : Moved.WouldBlock;
    }

    /// <summary>On a loop nothing is left to try: want of descriptors passes, a refusal does not.</summary>
    private Moved WithoutPipe(int error)
    {
        _wantsPipe = Refusals.MeaningOf(KernelCall.Pipe2, error) == ErrorMeaning.Want;
        return _wantsPipe ? Moved.WouldBlock : Moved.Failed(error);
    }

    private void ReleaseOwn()
    {
        if (_own is { } own)
        {
            _own = null;
            if (own.Pending == 0)
            {
                _resources.Pipes!.Return(own);
            }
            else
            {
                _resources.Pipes!.Close(own);
            }
        }
    }
}

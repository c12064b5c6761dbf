using System.Diagnostics;
using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>One end of the user's pipe as an end of a flow. As a source it first gives its tees what is about to
/// leave.</summary>
internal sealed class PipeEnd : DescriptorEnd
{
    private readonly List<PipeEnd> _targets = [];
    private KernelPipe _pipe = null!;
    private bool _isReadEnd;
    private FlowEnd? _blocker;
    private bool _isStoppedByTee;
    private Exception? _fault;

    internal override string ReadName => "read";

    internal override string WriteName => "write";

    internal override bool IsSharedPipe => true;

    internal override FlowEnd? Blocker => _blocker;

    internal override bool WritesAtOnce => true;

    internal override bool ReadsAtOnce => true;

    internal override bool IsStoppedByTee => _isStoppedByTee;

    internal override Exception? Exception => _fault;

    private bool IsClosed => _isReadEnd ? _pipe.IsReadClosed : _pipe.IsWriteClosed;

    internal void Open(IKernel kernel, KernelPipe pipe, bool isReadEnd, FlowRunner owner)
    {
        Reset(pipe, isReadEnd);
        Open(kernel, isReadEnd ? pipe.ReadEnd : pipe.WriteEnd, wakesOnDispose: false, owner);
    }

    /// <summary>Opens an end of a simulated kernel's pipe.</summary>
    internal void OpenSimulated(IKernel kernel, KernelPipe pipe, bool isReadEnd, int fd)
    {
        Reset(pipe, isReadEnd);
        OpenSimulated(kernel, fd);
    }

    /// <summary>The write end that the next tee of this pipe fills.</summary>
    internal void AddTarget(PipeEnd target) => _targets.Add(target);

    // While anybody has a lease on its handle, that looks open.
    private protected override bool IsGone => IsClosed || base.IsGone;

    internal override void Close()
    {
        base.Close();
        _targets.Clear();
        _pipe = null!;
        _blocker = null;
        _fault = null;
    }

    internal override unsafe Moved Read(Block block, int length)
    {
        Debug.Assert(_isReadEnd && length > 0 && length <= block.Size);
        fixed (byte* start = block.Span)
        {
            return Take(start, destination: default, length, offset: -1);
        }
    }

    internal override unsafe Moved MoveTo(BorrowedFd destination, TransferMechanism route, int length, long offset)
        => Take(null, destination, length, offset);

    internal override bool IsAtEnd() => Kernel.IsPipeAtEnd(Fd);

    internal override unsafe Moved Write(ReadOnlyMemory<byte> bytes)
    {
        Debug.Assert(!_isReadEnd);
        fixed (byte* start = bytes.Span)
        {
            return Kernel.WritePipe(Fd, start, bytes.Length);
        }
    }

    internal override Moved FinishWriting()
    {
        _pipe.CloseWrite(null);
        return Moved.Bytes(0);
    }

    // An error pending at a write end means that nobody can read any more.
    internal override int DeathOf() => _isReadEnd ? 0 : (int)Errno.EPIPE;

    internal override void CloseOwned(bool reset)
    {
        _pipe.Dispose();
    }

    private void Reset(KernelPipe pipe, bool isReadEnd)
    {
        _pipe = pipe;
        _isReadEnd = isReadEnd;
        _blocker = null;
        _isStoppedByTee = false;
        _fault = null;
        _pipe.Begin();
    }

    /// <summary>Takes bytes out of the pipe, after its tees have got them: into memory, or on to a
    /// descriptor.</summary>
    private unsafe Moved Take(byte* buffer, BorrowedFd destination, int length, long offset)
    {
        _blocker = null;
        if (_targets.Count == 0)
        {
            return AtEnd(TakeNow(buffer, destination, length, offset));
        }

        lock (_pipe.Gate)
        {
            if (_pipe.IsReadClosed)
            {
                return Moved.Failed((int)Errno.EBADF); // Its tees have ended: nothing leaves without them.
            }

            TeeSet tees = _pipe.Tees;
            if (tees.IsActive)
            {
                Head head = new(this);
                Moved allowed = tees.Offer(ref head, length);
                if (allowed.IsError)
                {
                    _blocker = tees.Blocked >= 0 ? _targets[tees.Blocked] : null;
                    _isStoppedByTee = tees.HasStopped;
                    return allowed;
                }

                length = allowed.Count > 0 ? allowed.Count : length;
            }

            Moved taken = TakeNow(buffer, destination, length, offset);
            if (!taken.IsError)
            {
                tees.Left(taken.Count);
            }

            return AtEnd(taken);
        }
    }

    private unsafe Moved TakeNow(byte* buffer, BorrowedFd destination, int length, long offset)
        => destination.IsValid
            ? Kernel.Splice(Fd, destination, length, offset) : Kernel.ReadPipe(Fd, buffer, length);

    /// <summary>The end of the stream is the end of its tees, and may be a failure of who filled it.</summary>
    private Moved AtEnd(Moved taken)
    {
        if (taken.IsError || taken.Count > 0)
        {
            return taken;
        }

        _fault = _pipe.Fault;
        bool isWhole = _fault is null && !_pipe.IsReadClosed;
        _pipe.Tees.End(isWhole ? TeeEnd.EndOfStream : TeeEnd.SourceClosed);
        return _fault is null ? taken : Moved.Failed((int)Errno.EIO);
    }

    private struct Head(PipeEnd end) : ITeeHead
    {
        private const int AskedMax = 16; // Somebody else is quicker every time: then the target counts as full.

        public readonly bool CanSkip => false;

        public readonly bool IsTee => true;

        public bool IsDry { get; private set; }

        // Once taken out of the pipe, bytes could not be put back if a target were full.
        public readonly bool IsRefusal(int error) => false;

        public Moved Give(int target, int skip, int length)
        {
            Debug.Assert(skip == 0);
            PipeEnd to = end._targets[target];
            if (!to.Fd.IsValid)
            {
                return Moved.Failed((int)Errno.EPIPE); // Its write end was closed by this process.
            }

            Moved given = end.Kernel.Tee(end.Fd, to.Fd, length);
            IsDry = false;
            for (int asked = 0; given.IsWouldBlock && !IsDry && asked < AskedMax; asked++)
            {
                // Either the pipe is empty or the target is full. If neither is true any more, that was a race.
                end.Kernel.Ask(end.Fd, to.Fd, out bool canRead, out bool canWrite);
                if (canRead && !canWrite)
                {
                    to.Clear(Readiness.Writable);
                    break;
                }

                IsDry = !canRead;
                given = canRead ? end.Kernel.Tee(end.Fd, to.Fd, length) : given;
            }

            return given;
        }
    }
}

using System.Diagnostics;

namespace Zerocopy;

/// <summary>One end of a pipe in memory as an end of a flow.</summary>
internal sealed class MemoryPipeEnd : FlowEnd, IPipeWatcher
{
    private readonly MemoryPipe _pipe;
    private readonly bool _isReadEnd;
    private bool _isSubscribed;
    private Exception? _fault;

    /// <param name="pipe">The pipe.</param>
    /// <param name="isReadEnd">Which end.</param>
    /// <param name="runner">Posted when it may be ready again.</param>
    internal MemoryPipeEnd(MemoryPipe pipe, bool isReadEnd, FlowRunner runner)
    {
        _pipe = pipe;
        _isReadEnd = isReadEnd;
        Runner = runner;
        pipe.Begin();
    }

    internal override string ReadName => "read";

    internal override string WriteName => "write";

    internal override bool ReadsAtOnce => true;

    internal override bool MayPostLate => true;

    internal override bool ServesOnce => true;

    internal override Exception? Exception => _fault;

    internal override bool IsStoppedByTee => _isReadEnd && _pipe.Tees.HasStopped;

    public void OnChange() => OnReadiness(Readiness.Assumed);

    internal override bool TryEnter()
    {
        if (!IsDisposed())
        {
            return true;
        }

        Marks |= Readiness.Closed;
        return false;
    }

    internal override bool IsDisposed() => _isReadEnd ? _pipe.IsReadClosed : _pipe.IsWriteClosed;

    internal override void TakeEdges()
    {
        if (HasNewEdges)
        {
            Marks |= TakeNewEdges();
            if (!_isReadEnd && _pipe.IsReadClosed)
            {
                Marks |= Readiness.Failed;
            }
        }
    }

    internal override int Park()
    {
        if (!_isSubscribed)
        {
            _isSubscribed = true;
            Subscribe();
            OnChange(); // What has changed before nobody told.
        }

        return 0;
    }

    internal override bool Leave()
    {
        if (_isSubscribed)
        {
            _isSubscribed = false;
            _pipe.Unsubscribe(this);
            _pipe.Targets.ForEach(target => ((MemoryPipe)target).Unsubscribe(this));
        }

        return true;
    }

    internal override Moved Read(Block block, int length)
    {
        Debug.Assert(_isReadEnd);
        Moved read = _pipe.TryRead(block.Span[..length]);
        _fault = read is { IsError: false, Count: 0 } ? _pipe.Fault : null;
        return _fault is null ? read : Moved.Failed((int)Sys.Errno.EIO);
    }

    internal override Moved Write(ReadOnlyMemory<byte> bytes) => _pipe.TryWrite(bytes.Span);

    internal override Moved FinishWriting()
    {
        _pipe.CloseWrite(null);
        return Moved.Bytes(0);
    }

    internal override int DeathOf() => _pipe.IsReadClosed ? (int)Sys.Errno.EPIPE : 0;

    internal override void CloseOwned(bool reset)
    {
        _pipe.Dispose();
    }

    // A full target holds a reader up as much as an empty pipe.
    private void Subscribe()
    {
        _pipe.Subscribe(this);
        if (_isReadEnd)
        {
            _pipe.Targets.ForEach(target => ((MemoryPipe)target).Subscribe(this));
        }
    }
}

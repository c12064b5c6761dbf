using System.Diagnostics;
using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>One end of a flow, as the flow sees it: a non-blocking source or destination whose readiness is a set of
/// marks. A descriptor is one by nature; a stream is made one, its pending operation being what a wait is for a
/// descriptor.</summary>
internal abstract class FlowEnd
{
    private int _edges; // From other threads than the one that runs the flow.
    private Untold? _untold;

    /// <summary>What is known of it. Belongs to whoever runs the flow.</summary>
    internal Readiness Marks { get; set; } = Readiness.Assumed;

    /// <summary>Who waits for it; null in a simulation, and of memory.</summary>
    private protected FlowRunner? Runner { get; set; }

    /// <summary>The descriptor, valid while leased; never for a stream.</summary>
    internal virtual BorrowedFd Fd => default;

    /// <summary>Where in a regular file the next byte is, or goes; -1 for what has no offset.</summary>
    internal virtual long Offset => -1;

    /// <summary>True for the user's pipe, which somebody else fills or drains as well: a splice that would block may
    /// mean this end or the other one.</summary>
    internal virtual bool IsSharedPipe => false;

    /// <summary>After would-block of a read or splice: the target of a tee that this end waits for, or null if it is
    /// this end itself.</summary>
    internal virtual FlowEnd? Blocker => null;

    /// <summary>After would-block of a read or move: there are bytes, but they are not in memory, and this turn must
    /// not wait for the disk.</summary>
    internal virtual bool IsOnDisk => false;

    /// <summary>True if the last error was that of a tee's target, and this end must not go on without it.</summary>
    internal virtual bool IsStoppedByTee => false;

    /// <summary>True if a read inside a stream owns its block: it is going on, or is over and its bytes have not been
    /// taken, or nobody knows what it does.</summary>
    internal virtual bool IsReading => false;

    /// <summary>True if anything goes on inside a stream, a read that only waits for data and a flush too: they own
    /// nothing, but until they are over nobody else may read or write there.</summary>
    internal virtual bool IsBusy => false;

    /// <summary>True if the last write is still going on inside a stream and owns its bytes, or nobody knows.</summary>
    internal virtual bool IsWriting => false;

    /// <summary>True if a read that was going on inside a stream is over and its bytes have not been taken.</summary>
    internal virtual bool ReadIsOver => false;

    /// <summary>The same for a write. A flush is none.</summary>
    internal virtual bool WriteIsOver => false;

    /// <summary>True if it keeps written bytes back until it is flushed.</summary>
    internal virtual bool NeedsFlush => false;

    /// <summary>True if what one call reads or writes is a whole that must not be cut: a network packet, a line of the
    /// kernel's log.</summary>
    internal virtual bool KeepsPackets => false;

    /// <summary>What a stream threw at the last failed call, otherwise null.</summary>
    internal virtual Exception? Exception => null;

    /// <summary>What to call a failed read or write in an error.</summary>
    internal abstract string ReadName { get; }

    internal abstract string WriteName { get; }

    /// <summary>Of a source that has its bytes in memory: the block that its reads do not copy into, but make stand for
    /// them. What it stands for is the source's until the next read.</summary>
    internal virtual Block? Loan => null;

    /// <summary>True if a read has done with its block when it returns.</summary>
    internal virtual bool ReadsAtOnce => false;

    /// <summary>Of a destination that has memory for what is written to it: a block to read the next bytes into, which
    /// it then need not copy.</summary>
    /// <returns>Null if it lends none.</returns>
    internal virtual Block? LendSpace(int length) => null;

    /// <summary>True if it may post whoever runs it even when it has been left: a call that is over late.</summary>
    internal virtual bool MayPostLate => false;

    /// <summary>True if it names one thing for good, and is not opened again.</summary>
    internal virtual bool ServesOnce => false;

    /// <summary>Reads at most <paramref name="length"/> bytes into the start of <paramref name="block"/>. After
    /// would-block a stream goes on reading into it: see <see cref="IsReading"/>.</summary>
    internal abstract Moved Read(Block block, int length);

    /// <summary>True if a read of <paramref name="read"/> bytes where <paramref name="asked"/> were asked for proves
    /// that no more is there, so that the readable mark can be cleared without another call.</summary>
    internal virtual bool ShortReadProvesEmpty(in Moved read, int asked) => false;

    /// <summary>Moves bytes on in the kernel.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="route">By which call: sources that are no files know only splice.</param>
    /// <param name="length">At most so many bytes.</param>
    /// <param name="offset">The destination's <see cref="Offset"/>.</param>
    internal virtual Moved MoveTo(BorrowedFd destination, TransferMechanism route, int length, long offset)
        => throw new UnreachableException();

    /// <summary>Bytes were spliced to it.</summary>
    internal virtual void Took(int count)
    {
    }

    /// <summary>Looks whether the source is at its end without taking a byte: 0 if it is.</summary>
    internal virtual Moved Peek() => Moved.WouldBlock;

    /// <summary>True if its bytes can be looked at, and taken once they are sent.</summary>
    internal virtual bool CanBePeeked => false;

    /// <summary>Looks at the bytes that a read would take.</summary>
    internal virtual Moved PeekBytes(Block scratch, int length) => throw new UnreachableException();

    /// <summary>Takes bytes that were looked at and sent; spoils the block.</summary>
    internal virtual Moved TakePeeked(Block scratch, int length) => throw new UnreachableException();

    /// <summary>True if a write has done with its bytes when it returns, and takes more than a few at once.</summary>
    internal virtual bool WritesAtOnce => false;

    /// <summary>True if the next read would say that the stream has ended. Asked where a full destination hides
    /// it.</summary>
    internal virtual bool IsAtEnd() => false;

    /// <summary>Writes; the bytes must not change until it has returned anything but would-block.</summary>
    internal abstract Moved Write(ReadOnlyMemory<byte> bytes);

    /// <summary>Pushes out what is kept back; 0 when done.</summary>
    internal virtual Moved Flush() => Moved.Bytes(0);

    /// <summary>False if <see cref="FinishWriting"/> can but flush: there is no way to tell whoever reads behind this
    /// end that nothing more comes, but to close it.</summary>
    internal virtual bool CanHalfClose => true;

    /// <summary>Passes on the end of stream; 0 when done.</summary>
    internal abstract Moved FinishWriting();

    /// <summary>False when an end of stream just read was certainly made by this process, as a dispose would make
    /// it.</summary>
    internal virtual bool PeerMayHaveFinished() => true;

    /// <summary>True if a dispose that makes an end of stream is soon seen by <see cref="IsDisposed"/>.</summary>
    internal virtual bool ShowsDispose => false;

    /// <summary>The errno that a destination with an error pending has died of, or 0.</summary>
    internal virtual int DeathOf() => 0;

    /// <summary>Begins a turn: from here to <see cref="Exit"/> its descriptor is valid.</summary>
    /// <returns>False if it is closed.</returns>
    internal virtual bool TryEnter() => true;

    /// <summary>Ends a turn.</summary>
    internal virtual void Exit()
    {
    }

    /// <summary>True if this process has disposed it. Asked between turns.</summary>
    internal abstract bool IsDisposed();

    /// <summary>Makes known the edges that have come since the last turn.</summary>
    internal virtual void TakeEdges()
    {
        if (HasNewEdges)
        {
            Marks |= TakeNewEdges();
        }
    }

    /// <summary>About to wait: from here on edges are told.</summary>
    /// <returns>0, or the errno that makes waiting impossible.</returns>
    internal virtual int Park() => 0;

    /// <summary>The last turn is over: no edge is told any more, no lease is held.</summary>
    /// <returns>False if that takes until a later turn, which will be posted.</returns>
    internal virtual bool Leave() => true;

    /// <summary>Lets go of what it names, which stays open.</summary>
    internal virtual void Close()
    {
    }

    /// <summary>Closes what a relay owns. <paramref name="reset"/>: the peer is to see a reset, its stream was cut
    /// off.</summary>
    internal abstract void CloseOwned(bool reset);

    internal void Clear(Readiness marks) => Marks &= ~marks;

    internal bool Has(Readiness mark) => (Marks & mark) != 0;

    /// <summary>What has become of it that no event tells. On the thread of a watchdog, while it waits.</summary>
    private protected virtual Readiness LookForUntold() => Readiness.None;

    /// <summary>Something has become of it: who waits for it gets a turn. Any thread.</summary>
    public virtual void OnReadiness(Readiness readiness)
    {
        _ = Interlocked.Or(ref _edges, (int)readiness);
        Runner!.Post();
    }

    private protected bool HasNewEdges => _edges != 0;

    private protected Readiness TakeNewEdges() => (Readiness)Interlocked.Exchange(ref _edges, 0);

    /// <summary>Has a watchdog look for what no event tells, until <see cref="EndWatch"/>.</summary>
    private protected void BeginWatch()
    {
        if (_untold is not { IsWatched: true })
        {
            Runner!.Watch(_untold ??= new Untold(this));
        }
    }

    private protected void EndWatch()
    {
        if (_untold is { IsWatched: true })
        {
            Runner!.Unwatch(_untold);
        }
    }

    /// <summary>What the watchdog knows of it: few ends need one.</summary>
    private sealed class Untold(FlowEnd end) : Watched
    {
        internal override void LookAtIt()
        {
            Readiness found = end.LookForUntold();
            if (found != Readiness.None)
            {
                end.OnReadiness(found);
            }
        }
    }
}

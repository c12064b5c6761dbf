using System.Diagnostics;

namespace Zerocopy;

/// <summary>What gets every byte of one flow before the destination does.</summary>
internal sealed class FlowMirror
{
    private readonly TeeSet _tees = new();

    /// <param name="target">Where the bytes go.</param>
    /// <param name="end">The write end of its pipe.</param>
    internal FlowMirror(TeeTarget target, FlowEnd end)
    {
        Target = target;
        End = end;
        _tees.Add(target.State);
    }

    internal TeeTarget Target { get; }

    /// <summary>The end to wait for when <see cref="Offer(ReadOnlyMemory{byte})"/> would block.</summary>
    internal FlowEnd End { get; }

    internal bool IsActive => _tees.IsActive;

    /// <summary>True if the last error was the target's, without which nothing may leave; otherwise tee is
    /// refused.</summary>
    internal bool HasStopped => _tees.HasStopped;

    /// <summary>Offers bytes in memory.</summary>
    /// <returns>How many of them may leave now; would-block; or an errno, see <see cref="HasStopped"/>.</returns>
    internal Moved Offer(ReadOnlyMemory<byte> bytes)
    {
        MemoryHead head = new(End, bytes);
        return _tees.Offer(ref head, bytes.Length);
    }

    /// <summary>Offers what is at the head of the flow's own pipe, which is not empty.</summary>
    internal Moved Offer(IKernel kernel, SplicePipe pipe, int length)
    {
        PipeHead head = new(kernel, pipe, End);
        return _tees.Offer(ref head, length);
    }

    /// <summary>It is full with a part of what cannot leave in parts: done with it, if it may not hold up.</summary>
    internal bool TryDetach()
    {
        if (!Target.State.DetachesOnLag || End.Has(Readiness.Writable))
        {
            return false;
        }

        Target.State.End(TeeEnd.Lagged);
        return true;
    }

    /// <summary>So many bytes have left.</summary>
    internal void Left(int count) => _tees.Left(count);

    /// <summary>The flow has ended.</summary>
    internal void Close(TeeEnd endedBy) => _tees.End(endedBy);

    /// <summary>What the end answers without being asked; null if it may take something.</summary>
    private static Moved? Known(FlowEnd end)
        => end.Has(Readiness.Closed) ? Moved.Failed((int)Sys.Errno.EPIPE)
            : end.Has(Readiness.Writable) ? null : Moved.WouldBlock;

    private static Moved Learned(FlowEnd end, Moved given)
    {
        if (given.IsWouldBlock)
        {
            end.Clear(Readiness.Writable);
        }

        return given;
    }

    private readonly struct MemoryHead(FlowEnd end, ReadOnlyMemory<byte> bytes) : ITeeHead
    {
        public bool CanSkip => true;

        public bool IsDry => false;

        public bool IsTee => false;

        public bool IsRefusal(int error) => false;

        public Moved Give(int target, int skip, int length)
            => Known(end) ?? Learned(end, end.Write(bytes.Slice(skip, length)));
    }

    private readonly struct PipeHead(IKernel kernel, SplicePipe pipe, FlowEnd end) : ITeeHead
    {
        public bool CanSkip => false;

        public bool IsDry => false;

        public bool IsTee => true;

        public bool IsRefusal(int error)
            => Refusals.IsRefusal(KernelCall.Tee, error);

        public Moved Give(int target, int skip, int length)
        {
            Debug.Assert(skip == 0);
            return Known(end) ?? Learned(end, kernel.Tee(pipe.ReadEnd, end.Fd, length));
        }
    }
}

using System.Diagnostics;
using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>The half of the flow that takes bytes from the source.</summary>
internal sealed partial class Flow
{
    /// <summary>What a read may take: what is only looked at needs no memory of this flow's.</summary>
    private int BlockBytes
        => _resources.Blocks is { IsTight: true } blocks && !(blocks.IsSpent && CanPeek)
            ? BlockPool.SmallBytes : BlockPool.LargeBytes;

    /// <summary>Takes what the limit and the rate allow, by the current mover.</summary>
    private StepOutcome? Fill(long nowMs)
    {
        if (_counters.LimitRemaining == 0)
        {
            return Finish(TransferEnd.LimitReached);
        }

        if (_takesNoMore && !_source.ReadIsOver)
        {
            return FillNoMore(nowMs);
        }

        if (!_source.Has(Readiness.Readable))
        {
            return WaitForSource();
        }

        int length = WithinLimit(_tactics.Next(BlockBytes));

        // What was granted to a pending read is still granted.
        int granted = _rate is null || _source.IsReading ? length : _rate.Grant(length, nowMs);
        if (granted == 0)
        {
            _transit.Release(IsBlockLent);
            return StepOutcome.RateLimited;
        }

        // Of a packet that is asked for in part the rest is lost: what is too much is charged and waited for.
        length = _source.KeepsPackets ? length : granted;

        return _tactics.Mover switch
        {
            FlowMover.FillDrain => FillPipe(length, nowMs),
            FlowMover.Direct => MoveDirectly(length, nowMs),
            _ => FillBlock(length, nowMs),
        };
    }

    /// <summary>One recv where splice is not to be believed: it passes an urgent mark, and only its 0 is an
    /// end.</summary>
    private StepOutcome? Verify(long nowMs)
    {
        if (!_tactics.MustNotCopy)
        {
            _state = FlowState.Filling;
            int length = WithinLimit(BlockPool.LargeBytes);
            length = _rate?.Grant(length, nowMs) ?? length;
            return FillBlock(Math.Max(length, 1), nowMs);
        }

        Moved seen = _source.Peek();
        if (seen.IsWouldBlock)
        {
            _state = FlowState.Filling;
            return SourceWouldBlock();
        }

        if (seen.IsError)
        {
            return Fail(TransferSide.Source, _source, _source.ReadName, seen.Error);
        }

        // Bytes behind a splice that says 0: an urgent mark, which the kernel cannot move and we may not copy.
        return seen.Count == 0
            ? SourceEnded(nowMs) : Fail(TransferSide.Source, _source, "splice", (int)Errno.EOPNOTSUPP);
    }

    private StepOutcome? FillBlock(int length, long nowMs)
    {
        if (!_source.IsReading && !TryTakeBlock(length))
        {
            return MovePeeked(length, nowMs);
        }

        Block block = _transit.Block!;
        length = _source.Loan is null ? Math.Min(length, block.Size) : length;
        Moved read = _source.Read(block, length);
        if (read.IsWouldBlock)
        {
            return SourceWouldBlock();
        }

        if (read.IsError)
        {
            _transit.ReleaseBlock(IsBlockLent);
            return Fail(TransferSide.Source, _source, _source.ReadName, read.Error);
        }

        if (read.Count == 0)
        {
            _transit.ReleaseBlock(IsBlockLent);
            return SourceEnded(nowMs);
        }

        Consume(read.Count);
        _transit.FilledBlock(read.Count);
        _state = FlowState.Draining;
        LearnFrom(read, length);
        return null;
    }

    /// <summary>Memory for a read: what an end lends, or a block.</summary>
    /// <returns>False if there is none, and the bytes can do without.</returns>
    private bool TryTakeBlock(int length)
    {
        // Of what is read into the destination's own memory no part can be held back for a mirror.
        bool canLend = _source.ReadsAtOnce && _mirror is null;
        if ((_source.Loan ?? (canLend ? _destination.LendSpace(length) : null)) is not { } loan)
        {
            return _transit.TryRentBlock(length, IsBlockLent, orNone: CanPeek);
        }

        _transit.Borrow(loan);
        return true;
    }

    /// <summary>What a read of so many bytes says of the next one, and whether it was the last for now.</summary>
    private void LearnFrom(in Moved read, int length)
    {
        if (read.Count < length && !_source.Has(Readiness.MoreBehind) && _source.ShortReadProvesEmpty(read, length))
        {
            _source.Clear(Readiness.Readable);
        }

        if (_tactics.AfterRead(read.Count, length))
        {
            _resources.Totals.AddPromotion();
        }
    }

    private StepOutcome? FillPipe(int length, long nowMs)
    {
        if (!_transit.TryRentPipe(nowMs, insist: _tactics.MustNotCopy, out int error))
        {
            return NoPipe(error);
        }

        Moved moved = _source.MoveTo(_transit.OwnPipe!.WriteEnd, Route, length, offset: -1);
        if (moved.IsWouldBlock)
        {
            if (_source.Has(Readiness.MoreBehind) && !_source.IsSharedPipe)
            {
                _state = FlowState.Verifying;
                return null;
            }

            return SourceWouldBlock();
        }

        if (moved.IsError)
        {
            return CanFallBack(KernelCall.SpliceFill, moved.Error)
                ? FallBack(moved.Error)
                : Fail(TransferSide.Source, _source, "splice", moved.Error);
        }

        if (moved.Count == 0)
        {
            return SplicedNothing(nowMs);
        }

        _transit.FilledPipe(moved.Count);
        Consume(moved.Count);
        _state = FlowState.Draining;
        if (_tactics.AfterSplice(moved.Count))
        {
            _resources.Totals.AddDemotion();
        }

        return null;
    }

    /// <summary>Splice said 0. Of a pipe that is the end; of a socket it only may be.</summary>
    private StepOutcome? SplicedNothing(long nowMs)
    {
        if (_source.IsSharedPipe)
        {
            return SourceEnded(nowMs);
        }

        _state = FlowState.Verifying;
        return null;
    }

    private StepOutcome? NoPipe(int error)
    {
        if (_tactics.MustNotCopy)
        {
            return EndWith(TransferEnd.SourceFailed, new FlowFault(error, "pipe2", TransferSide.None, null));
        }

        if (error != 0)
        {
            TellRefusal(error);
        }

        // A sandbox that refuses pipes will do so again; want of descriptors or pages passes.
        if (Refusals.IsRefusal(KernelCall.Pipe2, error))
        {
            _tactics.CopyForGood();
        }
        else if (_tactics.AfterNoPipe())
        {
            _resources.Totals.AddDemotion();
        }

        return null;
    }

    private int WithinLimit(int length)
        => _counters.LimitRemaining == TransferResult.NoLimit
            ? length : (int)Math.Min(length, _counters.LimitRemaining);

    private void Consume(int count)
    {
        Debug.Assert(count > 0);
        _counters.Consumed += count;
        _rate?.Charge(count);
        if (_counters.LimitRemaining != TransferResult.NoLimit)
        {
            _counters.LimitRemaining -= count; // Charged when taken, never when written: no byte too many is read.
            Debug.Assert(_counters.LimitRemaining >= 0);
        }
    }
}

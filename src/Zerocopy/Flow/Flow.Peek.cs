using System.Diagnostics;
using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>How bytes move when the budget of blocks is spent: looked at where they are, sent, and then taken. Nothing
/// is in transit between two steps, so a flow that cannot go on holds nothing.</summary>
internal sealed partial class Flow
{
    /// <summary>True if bytes can pass without a block of the flow's own. A stream goes on with its buffer after the
    /// call, a device takes a few bytes at once, and a mirror must get again what it has not got yet.</summary>
    private bool CanPeek
        => _source.CanBePeeked && _destination.WritesAtOnce && _mirror is not { IsActive: true };

    /// <summary>Nobody else may read the source, so what is looked at stays there. Where the destination would block
    /// nothing has happened; what it has taken is then taken from the source, no byte more.</summary>
    private StepOutcome? MovePeeked(int length, long nowMs)
    {
        Debug.Assert(!HasTransit && CanPeek);
        if (!_destination.Has(Readiness.Writable))
        {
            return WaitForDestination();
        }

        Block scratch = _resources.Blocks.RentScratch();
        try
        {
            return MovePeeked(scratch, Math.Min(length, scratch.Size), nowMs);
        }
        finally
        {
            _resources.Blocks.ReturnScratch(scratch);
        }
    }

    private StepOutcome? MovePeeked(Block scratch, int length, long nowMs)
    {
        Moved seen = _source.PeekBytes(scratch, length);
        if (seen.IsWouldBlock)
        {
            return SourceWouldBlock();
        }

        if (seen.IsError)
        {
            return Fail(TransferSide.Source, _source, _source.ReadName, seen.Error);
        }

        if (seen.Count == 0)
        {
            return SourceEnded(nowMs);
        }

        if (!TryWrite(scratch.Memory[..seen.Count], out int written, out StepOutcome? stop))
        {
            return stop;
        }

        // From here on these bytes are the destination's, whatever the source says.
        Consume(written);
        CountWritten(written);
        _resources.Totals.AddPeeked(written);
        if (!TryTakePeeked(scratch, written, nowMs, out stop))
        {
            return stop;
        }

        if (written == seen.Count)
        {
            LearnFrom(seen, length);
        }

        return null;
    }

    /// <summary>Takes what was sent.</summary>
    /// <returns>False if the source no longer has it: this process has closed it meanwhile, or reads it too.</returns>
    private bool TryTakePeeked(Block scratch, int count, long nowMs, out StepOutcome? stop)
    {
        stop = null;
        while (count > 0)
        {
            Moved taken = _source.TakePeeked(scratch, count);
            if (taken.IsError || taken.Count == 0)
            {
                int error = taken.IsWouldBlock ? (int)Errno.EIO : taken.Error;
                stop = taken.IsError
                    ? Fail(TransferSide.Source, _source, _source.ReadName, error) : SourceEnded(nowMs);
                return false;
            }

            count -= taken.Count;
        }

        return true;
    }
}

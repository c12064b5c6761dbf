using System.Diagnostics;

namespace Zerocopy;

/// <summary>A small cache of empty pipes, within the page budget.</summary>
/// <remarks>Only a pipe that is proven empty by counts of calls that all returned normally comes back; any other is
/// closed, because its bytes would be delivered ahead of the next owner's. Making a pipe costs about 5 us, renting
/// one 20 ns.</remarks>
internal sealed class PipePool(IKernel kernel, PageBudget budget, FlowTotals totals)
{
    internal const int CapacityBytes = 256 * 1024;

    private const int IdleMax = 8;
    private const int CapacityUsefulBytes = 64 * 1024;
    private const int GrowthPauseMs = 1000;

    private readonly Lock _lock = new();
    private readonly SplicePipe[] _idle = new SplicePipe[IdleMax];
    private int _idleCount;
    private long _growthPausedUntilMs;
    private int _growthError; // Why it is paused: an errno, or 0 when pipes have become small.

    /// <summary>Takes a pipe.</summary>
    /// <param name="nowMs">The caller's clock.</param>
    /// <param name="insist">Take one of any size, also past the budget: the caller has no other way.</param>
    /// <param name="error">The errno when there is none and the kernel refused; 0 when the budget did.</param>
    /// <returns>An empty pipe, or null.</returns>
    internal SplicePipe? TryRent(long nowMs, bool insist, out int error)
    {
        error = 0;
        lock (_lock)
        {
            if (_idleCount > 0)
            {
                totals.PipePooled(-1);
                return _idle[--_idleCount];
            }

            if (!insist && nowMs < _growthPausedUntilMs)
            {
                error = _growthError;
                return null;
            }
        }

        const int PagesWanted = CapacityBytes / PageBudget.PageBytes;
        if (!budget.TryReserve(PagesWanted))
        {
            if (!insist)
            {
                return null;
            }

            budget.Reserve(PagesWanted);
        }

        Moved granted = kernel.OpenPipe(CapacityBytes, out int readEnd, out int writeEnd);
        if (granted.IsError)
        {
            budget.Release(PagesWanted);
            error = granted.Error;
            PauseGrowth(nowMs, error);
            return null;
        }

        totals.PipeMade();
        if (granted.Count < CapacityUsefulBytes && !insist)
        {
            // Over the user's soft limit: a pipe of two slots is slower than copying, and the next one is no larger.
            kernel.ClosePipe(readEnd, writeEnd);
            totals.PipeDestroyed();
            budget.Release(PagesWanted);
            PauseGrowth(nowMs, error);
            return null;
        }

        budget.Reserve(Pages(granted.Count) - PagesWanted);
        return new SplicePipe(readEnd, writeEnd, granted.Count);
    }

    /// <summary>Gives back a pipe that is proven empty.</summary>
    internal void Return(SplicePipe pipe)
    {
        Debug.Assert(pipe.Pending == 0);
        if (pipe.CapacityBytes >= CapacityUsefulBytes)
        {
            lock (_lock)
            {
                if (_idleCount < IdleMax)
                {
                    _idle[_idleCount++] = pipe;
                    totals.PipePooled(1);
                    return;
                }
            }
        }

        Close(pipe);
    }

    /// <summary>Closes a pipe, with whatever is in it.</summary>
    internal void Close(SplicePipe pipe)
    {
        kernel.ClosePipe(pipe.ReadEnd.Raw, pipe.WriteEnd.Raw);
        totals.PipeDestroyed();
        budget.Release(Pages(pipe.CapacityBytes));
    }

    /// <summary>Closes the idle pipes.</summary>
    internal void Trim()
    {
        while (true)
        {
            SplicePipe pipe;
            lock (_lock)
            {
                if (_idleCount == 0)
                {
                    return;
                }

                pipe = _idle[--_idleCount];
                totals.PipePooled(-1);
            }

            Close(pipe);
        }
    }

    private static long Pages(int capacityBytes) => capacityBytes / PageBudget.PageBytes;

    private void PauseGrowth(long nowMs, int error)
    {
        lock (_lock)
        {
            _growthPausedUntilMs = nowMs + GrowthPauseMs;
            _growthError = error;
        }
    }
}

using System.Diagnostics;

namespace Zerocopy;

/// <summary>The operation at home on the thread that called: its turns, and the waits between them.</summary>
internal abstract partial class FlowOperation
{
    /// <summary>From the first turn to the published result.</summary>
    private void RunHere(CallerHome caller)
    {
        RunFirst();
        while (!caller.IsOver)
        {
            if (IsQueued || TryWait(caller))
            {
                Run();
            }
        }

        Execute();
    }

    /// <returns>False if it broke off where nothing is left to be broken off.</returns>
    private bool TryWait(CallerHome caller)
    {
        try
        {
            Wait(caller);
        }
        catch (Exception e)
        {
            if (Failed(e)) // The thread was interrupted, or there is no memory.
            {
                caller.Complete(this);
                return false;
            }
        }

        Post();
        return true;
    }

    private void Wait(CallerHome caller)
    {
        if (CurrentPhase == Phase.Leaving)
        {
            _ = caller.Wait([], _flows.First); // For streams and mirrors; its descriptors have nothing more to tell.
            return;
        }

        Debug.Assert(CurrentPhase == Phase.Running);
        _ends.Enter();
        bool hasNews = _flows.CanStep(EventLoop.NowMs) || caller.Wait(_ends.Open, _flows.First);
        _ends.Exit();
        if (!hasNews && !_flows.IsRateLimited)
        {
            CallerHome.LetOthersClose();
        }
    }
}

// poll(2) of the model, which is asked when would-block of one splice may mean either end.
using Zerocopy.Sys;

namespace Zerocopy.Properties.Simulation;

internal sealed partial class SimKernel
{
    // One race may follow another, but each time less likely.
    private const int BothClaimedMax = 6;

    public override void Ask(BorrowedFd source, BorrowedFd destination, out bool canRead, out bool canWrite)
    {
        Before();
        canRead = IsReady(_fds[source.Raw], EpollEvents.In);
        canWrite = IsReady(_fds[destination.Raw], EpollEvents.Out);
        string answer = canRead ? canWrite ? "both" : "source" : canWrite ? "destination" : "neither";
        trace.Add("ask", answer, source.Raw, destination.Raw, 0);
        if (_fds[destination.Raw] is SimPipeSide { Pipe.Target: { } target })
        {
            target.WasFull = !canWrite;
        }
        else
        {
            Stepping!.BothClaimed += canRead && canWrite ? 1 : 0;
        }
    }

    public override bool IsPipeAtEnd(BorrowedFd readEnd)
    {
        Before();
        SimPipe pipe = ((SimPipeSide)_fds[readEnd.Raw]).Pipe;
        bool isAtEnd = pipe.Content.IsEmpty && !pipe.HasWriters;
        trace.Add("at end", isAtEnd ? "yes" : "no", readEnd.Raw, 0, 0);
        return isAtEnd;
    }

    /// <summary>What poll says: an end and an error are ready as well. What a call has called late may have come by
    /// now.</summary>
    private bool IsReady(SimFd fd, EpollEvents wanted)
    {
        if (fd.OwesEdge && random.Chance(70))
        {
            fd.HasClaimed = false;
            return false;
        }

        if (fd.OwesEdge)
        {
            fd.OwesEdge = false;
            fd.Edge();
        }

        fd.HasClaimed = (fd.Mask() & (wanted | EpollEvents.HangUp | EpollEvents.Error | EpollEvents.ReadHangUp)) != 0;
        return fd.HasClaimed;
    }
}

using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>What epoll and poll report, as marks.</summary>
internal static class EpollReadiness
{
    /// <summary>Everything that is ever asked for: once, edge-triggered, never changed.</summary>
    internal const EpollEvents Watched = EpollEvents.In | EpollEvents.Out | EpollEvents.ReadHangUp
        | EpollEvents.Priority | EpollEvents.EdgeTriggered;

    /// <summary>The bits of poll are those of epoll. A descriptor that is closed fails the next call.</summary>
    internal static Readiness From(PollEvents returned) => From(
        (EpollEvents)(ushort)(returned & ~PollEvents.Invalid)
            | ((returned & PollEvents.Invalid) != 0 ? EpollEvents.Error : EpollEvents.None));

    internal static Readiness From(EpollEvents events)
    {
        // HUP, ERR and RDHUP are never the answer: they mean "try again", and the call then says what there is.
        Readiness readiness = Readiness.None;
        if ((events & EpollEvents.In) != 0)
        {
            readiness |= Readiness.Readable;
        }

        if ((events & EpollEvents.Out) != 0)
        {
            readiness |= Readiness.Writable;
        }

        if ((events & EpollEvents.Priority) != 0)
        {
            readiness |= Readiness.Readable | Readiness.Priority;
        }

        if ((events & EpollEvents.ReadHangUp) != 0)
        {
            readiness |= Readiness.Readable | Readiness.ReadClosed;
        }

        if ((events & EpollEvents.HangUp) != 0)
        {
            readiness |= Readiness.Assumed | Readiness.HangUp;
        }

        if ((events & EpollEvents.Error) != 0)
        {
            readiness |= Readiness.Assumed | Readiness.Failed;
        }

        return readiness;
    }
}

using System.Net;
using Zerocopy.Sys;

namespace Zerocopy.Server;

/// <summary>Brings warnings to whoever listens: on the thread pool, of each kind at most one a second. An upstream that
/// is down must not flood a log.</summary>
internal sealed class Warnings(Action<RelayServerWarning> listener)
{
    private const int EveryMs = 1000;

    private readonly long[] _dueMs = new long[Enum.GetValues<RelayServerWarningKind>().Length];

    internal void Full(int connectionsMax, bool isByLimit, long nowMs)
    {
        if (IsDue(RelayServerWarningKind.ConnectionsMaxReached, nowMs))
        {
            string why = isByLimit ? "the limit of open files" : nameof(RelayServerOptions.ConnectionsMax);
            Tell(new RelayServerWarning(
                RelayServerWarningKind.ConnectionsMaxReached,
                $"{connectionsMax} connections at once are all that {why} allows",
                0));
        }
    }

    internal void CannotAccept(Errno error, long nowMs)
        => TellError(RelayServerWarningKind.AcceptFailed, "cannot accept", error, nowMs);

    internal void CannotConnect(EndPoint upstream, Errno error, long nowMs)
        => TellError(RelayServerWarningKind.ConnectFailed, $"cannot connect to {upstream}", error, nowMs);

    private void TellError(RelayServerWarningKind kind, string what, Errno error, long nowMs)
    {
        if (IsDue(kind, nowMs))
        {
            Tell(new RelayServerWarning(kind, $"{what}: {error.Name()} ({error.Describe()})", (int)error));
        }
    }

    private bool IsDue(RelayServerWarningKind kind, long nowMs)
    {
        ref long due = ref _dueMs[(int)kind];
        long dueMs = Volatile.Read(ref due);
        return nowMs >= dueMs && Interlocked.CompareExchange(ref due, nowMs + EveryMs, dueMs) == dueMs;
    }

    private void Tell(RelayServerWarning warning) => PoolQueue.Add(new Call(listener, warning));

    private sealed class Call(Action<RelayServerWarning> listener, RelayServerWarning warning) : IThreadPoolWorkItem
    {
        public void Execute()
        {
            try
            {
                listener(warning);
            }
            catch (Exception)
            {
                // Of the program's own code, about something that is over: there is nobody to tell.
            }
        }
    }
}

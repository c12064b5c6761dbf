using System.Net;
using Zerocopy.Sys;

namespace Zerocopy.Server;

/// <summary>Words for what goes wrong, of each kind at most once a second: an upstream that is down must not flood a
/// log.</summary>
internal sealed class Warnings(Delivery delivery)
{
    private const int EveryMs = 1000;

    private readonly long[] _dueMs = new long[Enum.GetValues<RelayServerWarningKind>().Length];

    internal void Full(int connectionsMax, bool isByLimit, long nowMs)
    {
        if (IsDue(RelayServerWarningKind.ConnectionsMaxReached, nowMs))
        {
            string why = isByLimit ? "the limit of open files" : nameof(RelayServerOptions.ConnectionsMax);
            delivery.Add(new RelayServerWarning(
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
            delivery.Add(new RelayServerWarning(kind, $"{what}: {error.Name()} ({error.Describe()})", (int)error));
        }
    }

    private bool IsDue(RelayServerWarningKind kind, long nowMs)
    {
        ref long due = ref _dueMs[(int)kind];
        long dueMs = Volatile.Read(ref due);
        return nowMs >= dueMs && Interlocked.CompareExchange(ref due, nowMs + EveryMs, dueMs) == dueMs;
    }
}

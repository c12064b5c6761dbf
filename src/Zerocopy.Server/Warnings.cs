using System.Net;
using Zerocopy.Sys;

namespace Zerocopy.Server;

/// <summary>What goes wrong, of each kind at most once a second: an upstream that is down must not flood a log. Any
/// thread; needs no memory, which may be just what is missing.</summary>
internal sealed class Warnings(Delivery delivery)
{
    private const int EveryMs = 1000;

    private readonly long[] _dueMs = new long[Enum.GetValues<RelayServerWarningKind>().Length];

    internal void Full(int connectionsMax, bool isByLimit, long nowMs)
        => Tell(new Trouble(RelayServerWarningKind.MaxConnectionsReached, 0, null, connectionsMax, isByLimit), nowMs);

    internal void CannotAccept(Errno error, long nowMs)
        => Tell(new Trouble(RelayServerWarningKind.AcceptFailed, error, null, 0, false), nowMs);

    internal void CannotConnect(EndPoint upstream, Errno error, long nowMs)
        => Tell(new Trouble(RelayServerWarningKind.ConnectFailed, error, upstream, 0, false), nowMs);

    private void Tell(in Trouble trouble, long nowMs)
    {
        ref long due = ref _dueMs[(int)trouble.Kind];
        long dueMs = Volatile.Read(ref due);
        if (nowMs >= dueMs && Interlocked.CompareExchange(ref due, nowMs + EveryMs, dueMs) == dueMs)
        {
            delivery.Add(trouble);
        }
    }

    /// <summary>One of them, before it has words.</summary>
    internal readonly record struct Trouble(
        RelayServerWarningKind Kind, Errno Error, EndPoint? Upstream, int MaxConnections, bool IsMaxByLimit)
    {
        internal RelayServerWarning ToWarning() => new(Kind, Words(), (int)Error);

        private string Words() => Kind switch
        {
            RelayServerWarningKind.MaxConnectionsReached => $"{MaxConnections} connections at once are all that "
                + (IsMaxByLimit ? "the limit of open files" : nameof(RelayServerOptions.MaxConnections)) + " allows",
            RelayServerWarningKind.AcceptFailed => $"cannot accept: {Error.Name()} ({Error.Describe()})",
            _ => $"cannot connect to {Upstream}: {Error.Name()} ({Error.Describe()})",
        };
    }
}

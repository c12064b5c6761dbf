// The laws: what holds after every round, when nothing goes on, and at the end.
using Zerocopy.Properties.Simulation;
using Zerocopy.Server;
using Zerocopy.Sys;

namespace Zerocopy.Properties.Servers;

internal sealed partial class ServerSimulation
{
    private const int IdleRoundsMax = 20;
    private const int SlackMs = 100; // Time goes on from call to call, and a loop's clock from round to round.
    private const int WantMs = 100;

    private readonly List<RelayConnection> _records = [];
    private readonly List<RelayServerWarning> _warnings = [];
    private int _callsSeen;
    private int _idleRounds;

    private static void Require(bool holds, string law) => LawBrokenException.Require(holds, law);

    private void JudgeRound(int index)
    {
        ServedEpoll epoll = _kernel.Epolls[index];
        int watched = _hosts[index].Loop.WatchCount;
        Require(watched == epoll.Count, $"loop {index} thinks that {watched} are watched, {epoll.Count} are");
        bool isIdle = Trace.Calls == _callsSeen && !epoll.HasTold && !epoll.IsAsleep;
        _idleRounds = isIdle ? _idleRounds + 1 : 0;
        _callsSeen = Trace.Calls;
        Require(_idleRounds < IdleRoundsMax, $"loop {index} goes round and round, and does nothing");
        JudgeCrowd();
    }

    private void JudgeCrowd()
    {
        long living = _core.GetCounters().Active;
        Require(living <= _settings.MaxConnections, $"{living} connections are more than may be");
        long rented = _hosts.Sum(host => host.Resources.Blocks.Rented);
        Require(rented <= 2 * living, $"{rented} blocks are held by {living} connections");
    }

    /// <summary>Nobody can go on, and the world stands still: each must have a good reason to wait.</summary>
    private void JudgeStall()
    {
        RelayServerCounters counters = _core.GetCounters();
        long ended = counters.Relayed + counters.ConnectFailures + counters.NoDescriptors + counters.ClientLeft
            + counters.Stopped;
        Require(
            counters.Accepted == _kernel.Accepted && counters.Active == counters.Accepted - ended,
            $"{counters.Active} are said to live, {counters.Accepted} were accepted and {ended} have ended");
        int[] counts = _core.GetCounts();
        for (int loop = 0; loop < counts.Length; loop++)
        {
            int living = _kernel.Sockets.Count(socket => socket.Loop == loop
                && socket is { IsClient: true, IsClosed: false, Partner.IsClosed: false });
            Require(counts[loop] == living, $"loop {loop} counts {counts[loop]} connections, {living} live there");
        }

        bool mayWait = counters.Active == _settings.MaxConnections
            || _kernel.NowMs < _kernel.LastWantMs + WantMs + SlackMs;
        foreach (ServedListener listener in _listeners)
        {
            Require(
                listener.Waiting.Count == 0 || mayWait || _stage != Stages.Serving,
                $"{listener.Waiting.Count} wait to be accepted, with room for them");
        }

        foreach (ServedSocket client in _kernel.Sockets)
        {
            if (client is { IsClient: true, IsClosed: false, Fd: >= 0 })
            {
                JudgeWaiting(client);
            }
        }

        foreach (ServedSocket lingering in _kernel.Sockets.Where(socket => !socket.IsClosed && socket.FinSent))
        {
            Require(
                !lingering.FinReceived || lingering.Inbox.Bytes > 0 || lingering.Partner is { IsClosed: false },
                $"{lingering.Fd} lingers, and its peer has ended");
        }
    }

    private void JudgeWaiting(ServedSocket client)
    {
        ServedSocket? upstream = client.Partner;
        if (upstream is null || upstream.IsClosed)
        {
            Require(client.ShutMs is not null, $"{client.Fd} waits for nothing");
            return;
        }

        if (upstream.State != ServedState.Connected)
        {
            Require(upstream.State != ServedState.Refused, $"{upstream.Fd} was refused, and nobody has noticed");
            Require(client.Error == 0, $"{client.Fd} has gone, and nobody has noticed");
            int timeoutMs = _settings.ConnectTimeoutMs;
            Require(
                timeoutMs < 0 || _kernel.NowMs < upstream.OpenedMs + timeoutMs + SlackMs,
                $"{upstream.Fd} has not answered for {_kernel.NowMs - upstream.OpenedMs} ms");
            return;
        }

        JudgeWaiting(client, upstream);
        JudgeWaiting(upstream, client);
        Require(!client.IsDelivered || !upstream.IsDelivered, $"{client.Fd} and {upstream.Fd} have both ended");
        long movedMs = Math.Max(client.MovedMs, upstream.MovedMs);
        Require(
            _settings.IdleTimeoutMs < 0 || _kernel.NowMs < movedMs + _settings.IdleTimeoutMs + SlackMs,
            $"{client.Fd} has been idle for {_kernel.NowMs - movedMs} ms");
    }

    /// <summary>One direction: there is nothing to take, or no room to give.</summary>
    private void JudgeWaiting(ServedSocket from, ServedSocket to)
    {
        if (to.HasNoRoom)
        {
            return;
        }

        Require(!from.IsReset || to.IsReset, $"{from.Fd} was reset, and nobody has noticed");
        Require(
            from.Inbox.Bytes == 0 && from.Taken == to.Given,
            $"lost: {from.Inbox.Bytes} bytes are to be taken, and {from.Taken - to.Given} to be given to {to.Fd}");
        Require(
            !from.FinReceived || to.FinSent || !_settings.HalfClose || to.IsReset,
            $"the end of {from.Fd} was not passed on to {to.Fd}");
    }

    private void JudgeTheEnd()
    {
        foreach (FlowHost host in _hosts)
        {
            Require(host.Loop.WatchCount == 0, "something is watched after the end");
            Require(host.Loop.Wheel.Count == 0, "a deadline is left after the end");
            Require(host.Resources.Blocks.Rented == 0, "a block is left after the end");
            Require(host.Resources.Totals.ActiveRelays == 0, "a relay is counted after the end");
            host.Resources.Trim();
        }

        Require(_kernel.OpenCount == 0, $"{_kernel.OpenCount} descriptors are open after the end");
        Require(_pages.PagesInUse == 0, $"{_pages.PagesInUse} pages are counted after the end");
        Require(_blocks.Bytes == 0, $"{_blocks.Bytes} bytes of blocks are counted after the end");
        _ = _delivery.Deliver();
        Require(_records.Count == _kernel.Accepted, $"{_records.Count} records of {_kernel.Accepted}");
        JudgeCounters();
        JudgeWarnings();
        foreach (RelayConnection record in _records)
        {
            JudgeRecord(record);
        }
    }

    private void JudgeCounters()
    {
        RelayServerCounters counters = _core.GetCounters();
        Dictionary<(string Call, string Result), int> results = Trace.Results;
        Require(_core.GetCounts().All(count => count == 0), "a loop counts connections after the end");
        Require(counters.Active == 0, $"{counters.Active} connections live after the end");
        Require(counters.AcceptPauses == _kernel.Wants, $"{counters.AcceptPauses} pauses for {_kernel.Wants} wants");
        int handedOver = results.GetValueOrDefault(("balance", "handed over"));
        Require(counters.HandedOver == handedOver, $"{counters.HandedOver} handed over, {handedOver} were");
        Require(counters.Relayed == _records.Count(record => record.End == RelayConnectionEnd.Relayed), "relayed");
        foreach (RelayEnd end in Enum.GetValues<RelayEnd>())
        {
            int ended = _records.Count(
                record => record.End == RelayConnectionEnd.Relayed && record.Relay.EndedBy == end);
            Require(counters.EndedBy(end) == ended, $"{counters.EndedBy(end)} ended by {end}, records say {ended}");
        }

        long toUpstream = _kernel.Sockets.Where(socket => !socket.IsClient).Sum(socket => socket.Given);
        long toClients = _kernel.Sockets.Where(socket => socket.IsClient).Sum(socket => socket.Given);
        Require(counters.BytesToUpstream == toUpstream, $"{counters.BytesToUpstream} bytes up, {toUpstream} were");
        Require(counters.BytesToClient == toClients, $"{counters.BytesToClient} bytes down, {toClients} were");
        Require(counters.BytesSpliced == Trace.Spliced, $"{counters.BytesSpliced} spliced, {Trace.Spliced} were");
        for (long i = 0; i < counters.FullPauses; i++)
        {
            Trace.Add("pause", "full", -1, 0, 0);
        }

        Require(counters.CallbackFailures == 0 && counters.RecordsDropped == 0, "a record was lost");
    }

    /// <summary>Each trouble is said, and not again and again.</summary>
    private void JudgeWarnings()
    {
        RelayServerCounters counters = _core.GetCounters();
        long most = 1 + ((_kernel.NowMs - _startMs) / 1000);
        foreach (RelayServerWarningKind kind in Enum.GetValues<RelayServerWarningKind>())
        {
            int said = _warnings.Count(warning => warning.Kind == kind);
            bool isDue = kind switch
            {
                RelayServerWarningKind.MaxConnectionsReached => counters.FullPauses > 0,
                RelayServerWarningKind.AcceptFailed => counters.AcceptPauses > 0,
                _ => counters.ConnectFailures + counters.NoDescriptors > 0,
            };
            Require(said > 0 == isDue && said <= most, $"{kind} said {said} times, due {isDue}, at most {most}");
        }
    }

    private void JudgeRecord(RelayConnection record)
    {
        ServedSocket client = _clients[record.Client.ToString()!];
        bool isRelayed = record.End == RelayConnectionEnd.Relayed;
        Trace.Add("ended", isRelayed ? $"{record.Relay.EndedBy}" : $"{record.End}", client.Stream, 0, 0);
        ServedSocket? upstream = client.Partner;
        Require(client.IsClosed && upstream?.IsClosed != false, "a record of what is not closed");
        Require(
            record.Relay.LeftToRight.BytesWritten == (isRelayed ? upstream!.Given : 0)
            && record.Relay.RightToLeft.BytesWritten == (isRelayed ? client.Given : 0),
            "a record of bytes that were not written");
        Require(isRelayed || (client.Given == 0 && upstream is not { Given: > 0 }), "bytes before the relay");
        string law = record.End switch
        {
            RelayConnectionEnd.Relayed => LawOf(record.Relay, client, upstream!),
            RelayConnectionEnd.ConnectFailed => Holds(
                upstream!.Errors.Contains((Errno)record.Error) && (Errno)record.Error != Errno.EPIPE),
            RelayConnectionEnd.ConnectTimeout => Holds(_settings.ConnectTimeoutMs >= 0),
            RelayConnectionEnd.NoDescriptors => Holds(client.Errors.Contains((Errno)record.Error)),
            RelayConnectionEnd.ClientLeft => Holds(client.IsReset),
            _ => Holds(Trace.Results.ContainsKey(("stop", "abort"))),
        };
        Require(law.Length == 0, $"a record says {record.End} {record.Relay.EndedBy} with {record.Error}: {law}");
    }

    private string LawOf(in RelayResult relay, ServedSocket client, ServedSocket upstream) => relay.EndedBy switch
    {
        RelayEnd.EndOfStream => Holds(
            _settings.HalfClose
                ? IsWhole(client, upstream) && IsWhole(upstream, client)
                : client.IsDelivered || upstream.IsDelivered),
        RelayEnd.LeftFailed => Holds(IsOf(client, relay.Error)),
        RelayEnd.RightFailed => Holds(IsOf(upstream, relay.Error)),
        RelayEnd.IdleTimeout => Holds(_settings.IdleTimeoutMs >= 0),
        RelayEnd.LingerTimeout => Holds(_settings.LingerMs >= 0 && _settings.HalfClose),
        RelayEnd.Aborted => Holds(Trace.Results.ContainsKey(("stop", "abort"))),
        RelayEnd.Failed => Holds(upstream.LacksMemory || client.LacksMemory),
        _ => "no such end",
    };

    /// <summary>All of it has been delivered; or nobody wants the rest, for who got it has ended and is gone.</summary>
    private static bool IsWhole(ServedSocket from, ServedSocket to)
        => from.IsDelivered || to is { IsUnix: true, IsReset: true, IsDelivered: true };

    /// <summary>The kernel has said so; or it gave no pipe, or met a mark, where nothing but splice may do.</summary>
    private bool IsOf(ServedSocket socket, int error)
        => socket.Errors.Contains((Errno)error) || (_settings.Flow.Mode == TransferMode.RequireZeroCopy && error != 0);

    private static string Holds(bool holds) => holds ? "" : "it was not so";
}

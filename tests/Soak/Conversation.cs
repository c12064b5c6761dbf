// What a client and its peer say to each other through a server.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Server;

namespace Zerocopy.Soak;

/// <summary>Both sides read and write, at their own pace.</summary>
internal sealed class Conversation
{
    private readonly Round _round;
    private readonly ServedClient _client;
    private readonly Content _there;
    private readonly Content _back;
    private readonly Task<Received> _atClient;
    private readonly Task<Received> _atPeer;
    private readonly Task<Sent> _fromClient;
    private readonly Task<Sent> _fromPeer;

    private Conversation(Round round, ServedClient client, long clientResetAfter, long peerResetAfter)
    {
        (_round, _client, _there, _back) = (round, client, round.NewContent(), round.NewContent());
        Socket peer = client.Peer.Result;
        bool clientReads = clientResetAfter < long.MaxValue && round.Random.Chance(30);
        bool peerReads = peerResetAfter < long.MaxValue && round.Random.Chance(30);
        _atClient = round.Receive(client.Socket, _back.Start, clientReads ? clientResetAfter : long.MaxValue);
        _atPeer = round.Receive(peer, _there.Start, peerReads ? peerResetAfter : long.MaxValue);
        _fromClient = round.Send(client.Socket, _there, resetAfter: clientReads ? long.MaxValue : clientResetAfter);

        // Half of those who answer do so when the question has ended.
        bool answers = peerResetAfter == long.MaxValue && clientResetAfter == long.MaxValue && round.Random.Chance(50);
        _fromPeer = answers
            ? _atPeer.ContinueWith(_ => round.Send(peer, _back), TaskScheduler.Default).Unwrap()
            : round.Send(peer, _back, resetAfter: peerReads ? long.MaxValue : peerResetAfter);
        round.What += $" [{_there} and {_back}, {(client.IsTcp ? "tcp" : "unix")}]";
    }

    /// <summary>Connects a client, and begins once its peer is there.</summary>
    /// <param name="round">Whose.</param>
    /// <param name="server">Through it.</param>
    /// <param name="clientResetAfter">The client resets its connection after so many bytes.</param>
    /// <param name="peerResetAfter">The peer does.</param>
    internal static async Task<Conversation> BeginAsync(
        Round round,
        SoakServer server,
        long clientResetAfter = long.MaxValue,
        long peerResetAfter = long.MaxValue)
        => await BeginAsync(round, round.Own(server.Connect(round.Random)), clientResetAfter, peerResetAfter)
            ?? throw new InvalidOperationException($"{round.What}: no peer came");

    /// <summary>The same with a client that is there; null if the server ends its connection before.</summary>
    internal static async Task<Conversation?> BeginAsync(
        Round round, ServedClient client, long clientResetAfter = long.MaxValue, long peerResetAfter = long.MaxValue)
    {
        _ = await round.Within(Task.WhenAny(client.Peer, client.Record), "a peer or a record");
        return client.Peer.IsCompleted ? new Conversation(round, client, clientResetAfter, peerResetAfter) : null;
    }

    /// <summary>All has arrived, both ways.</summary>
    internal async Task AssertWhole()
    {
        RelayConnection record = await Ended();
        Assert.Equal(new Sent(_there.Bytes, SocketError.Success), await _round.Within(_fromClient, "the client"));
        Assert.Equal(new Sent(_back.Bytes, SocketError.Success), await _round.Within(_fromPeer, "the peer"));
        Assert.Equal(new Received(_there.Bytes, SocketError.Success), await _round.Within(_atPeer, "at the peer"));
        Assert.Equal(new Received(_back.Bytes, SocketError.Success), await _round.Within(_atClient, "at the client"));
        Assert.Equal(
            (RelayConnectionEnd.Relayed, RelayEnd.EndOfStream, 0), (record.End, record.Relay.EndedBy, record.Error));
        Assert.Equal(_there.Bytes + SoakServer.NumberBytes, record.Relay.LeftToRight.BytesWritten);
        Assert.Equal(_back.Bytes, record.Relay.RightToLeft.BytesWritten);
    }

    /// <summary>Something has happened to it: who is left has the exact beginning of the stream, and no more than was
    /// written; and a stream that was cut short does not end like a whole one.</summary>
    /// <param name="due">How it ends, unless it was over before.</param>
    /// <param name="isClientDead">It was the client.</param>
    /// <param name="isPeerDead">It was the peer.</param>
    internal async Task AssertCut(RelayEnd due, bool isClientDead = false, bool isPeerDead = false)
    {
        RelayConnection record = await Ended();
        Assert.Equal(RelayConnectionEnd.Relayed, record.End);
        Assert.True(record.Relay.EndedBy == due || record.Relay.EndedBy == RelayEnd.EndOfStream);
        if (isClientDead)
        {
            _client.Socket.Dispose(); // Who was to read may have been told nothing.
        }

        if (isPeerDead)
        {
            _client.Peer.Result.Dispose();
        }

        await AssertCut(record.Relay.LeftToRight, SoakServer.NumberBytes, _fromClient, _atPeer, _fromPeer,
            !isPeerDead && _client.Server.IsTcpBehind);
        await AssertCut(
            record.Relay.RightToLeft, 0, _fromPeer, _atClient, _fromClient, !isClientDead && _client.IsTcp);
    }

    // The kernel tells a reset once: to the reader, or to the writer beside it.
    private async Task AssertCut(
        TransferResult way, int number, Task<Sent> from, Task<Received> at, Task<Sent> beside, bool tellsResets)
    {
        Sent sent = await _round.Within(from, "a writer");
        Received received = await _round.Within(at, "a reader");
        Sent other = await _round.Within(beside, "the other writer");
        Assert.InRange(way.BytesConsumed, way.BytesWritten, sent.Count + Peers.ChunkMax + number);
        Assert.InRange(received.Count, 0, way.BytesWritten - number);
        bool isWhole = tellsResets && received.IsWhole && other.Error == SocketError.Success;
        Assert.True(!isWhole || way.EndedBy == TransferEnd.EndOfStream, "ended as if whole");
    }

    private async Task<RelayConnection> Ended()
    {
        RelayConnection record = await _round.Within(_client.Record, "the record");
        _round.What += $": {record.End}, {record.Relay}";
        _round.Count(record.Relay.LeftToRight);
        _round.Count(record.Relay.RightToLeft);
        return record;
    }
}

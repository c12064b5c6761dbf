// One endpoint is disposed while the transfer is parked, on it or on the other one.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Lifetime;


/// <summary>Who is parked.</summary>
public enum Mover
{
    Async,
    Sync,
    Relay,
}

/// <remarks>
/// In every row: Dispose returns promptly, the transfer ends soon after and says which side it was, its counts are
/// exact, no end of stream is forwarded, and the other endpoint goes on from the exact position.
/// </remarks>
public sealed class DisposeTests
{
    /// <summary>For Dispose to return, and for the transfer to end afterwards.</summary>
    private const int PromptMs = 500;

    private const int FirstBytes = 10_007;

    public static TheoryData<Way, Family, Mover> Rows => new(
        from way in Enum.GetValues<Way>()
        from family in Enum.GetValues<Family>()
        from mover in Enum.GetValues<Mover>()
        select new TheoryDataRow<Way, Family, Mover>(way, family, mover));

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    [Cases("X-16", "B-28")]
    public async Task The_source_while_waiting_for_it(Way way, Family family, Mover mover)
    {
        using Rig rig = new(family, Family.Tcp);
        using Disposal source = Disposal.Of(rig.Source, way);
        Task<Outcome> running = Start(mover, source.Endpoint, rig.Destination);
        await Prime(rig);
        await source.Now(PromptMs);
        Outcome outcome = await running.Within("the transfer", PromptMs);
        Assert.Equal((TransferSide.Source, FirstBytes, FirstBytes), (outcome.Side, outcome.Consumed, outcome.Written));
        await AssertDestinationGoesOn(rig);
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    [Cases("X-16", "B-28")]
    public async Task The_destination_while_waiting_for_the_source(Way way, Family family, Mover mover)
    {
        using Rig rig = new(Family.Tcp, family);
        using Disposal destination = Disposal.Of(rig.Destination, way);
        Task<Outcome> running = Start(mover, rig.Source, destination.Endpoint);
        await Prime(rig);
        await destination.Now(PromptMs);
        Outcome outcome = await running.Within("the transfer", PromptMs);
        Assert.Equal((TransferSide.Destination, FirstBytes, FirstBytes),
            (outcome.Side, outcome.Consumed, outcome.Written));
        await AssertSourceGoesOn(rig, outcome);
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    [Cases("X-16", "B-28")]
    public async Task The_source_while_the_destination_is_full(Way way, Family family, Mover mover)
    {
        using Rig rig = new(family, Family.Unix, bufferBytes: 8192);
        using Disposal source = Disposal.Of(rig.Source, way);
        Task<Outcome> running = Start(mover, source.Endpoint, rig.Destination);
        Task<long> writer = Peer.Write(rig.Writer, 20_000_000, finish: false);
        await Stalled(rig);
        await source.Now(PromptMs);
        Outcome outcome = await running.Within("the transfer", PromptMs);
        Assert.Equal(TransferSide.Source, outcome.Side);
        Assert.True(outcome.Consumed > outcome.Written, "something was in transit");
        Received received = await Peer.Read(rig.Reader, max: outcome.Written).Within("what was written");
        Assert.Equal(new Received(outcome.Written, SocketError.Success), received);
        await AssertDestinationGoesOn(rig);
        rig.Dispose();
        await writer.Within("the writer");
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    [Cases("X-16", "B-28")]
    public async Task The_destination_while_it_is_full(Way way, Family family, Mover mover)
    {
        using Rig rig = new(Family.Tcp, family, bufferBytes: 8192);
        using Disposal destination = Disposal.Of(rig.Destination, way);
        Task<Outcome> running = Start(mover, rig.Source, destination.Endpoint);
        Task<long> writer = Peer.Write(rig.Writer, 20_000_000, finish: false);
        await Stalled(rig);
        await destination.Now(PromptMs);
        Outcome outcome = await running.Within("the transfer", PromptMs);
        Assert.Equal(TransferSide.Destination, outcome.Side);
        Assert.True(outcome.Consumed > outcome.Written, "something was in transit");
        await AssertSourceGoesOn(rig, outcome);
        if (family == Family.Unix || !destination.Closes)
        {
            // What a unix socket has taken its peer can read, also after a close. TCP may throw it away.
            Received received = await Peer.Read(rig.Reader, max: outcome.Written).Within("what was written");
            Assert.Equal(new Received(outcome.Written, SocketError.Success), received);
        }

        rig.Dispose();
        await writer.Within("the writer");
    }

    private static async Task<Outcome> Start(Mover mover, TransferEndpoint source, TransferEndpoint destination)
    {
        if (mover == Mover.Relay)
        {
            RelayResult result = await Relay.RunAsync(source, destination);
            return new Outcome(
                result.EndedBy switch
                {
                    RelayEnd.LeftDisposed => TransferSide.Source,
                    RelayEnd.RightDisposed => TransferSide.Destination,
                    _ => throw new InvalidOperationException(
                        $"The relay ended by {result.EndedBy}, errno {result.Error}."),
                },
                result.LeftToRight.BytesConsumed,
                result.LeftToRight.BytesWritten);
        }

        TransferDisposedException e = await Assert.ThrowsAsync<TransferDisposedException>(
            () => Rig.Start(Enum.Parse<Call>(mover.ToString()), source, destination));
        Assert.Equal(
            e.Side == TransferSide.Source ? TransferEnd.SourceDisposed : TransferEnd.DestinationDisposed,
            e.Progress.EndedBy);
        Assert.Equal(e.Side == TransferSide.Source ? "source" : "destination", e.ObjectName);
        return new Outcome(e.Side, e.Progress.BytesConsumed, e.Progress.BytesWritten);
    }

    private static async Task Prime(Rig rig)
    {
        rig.Writer.Send(Pattern.Default.Slice(0, FirstBytes).Span);
        Pattern.Default.AssertEqual(await Peer.ReadExactly(rig.Reader, FirstBytes).Within("the first bytes"));
        await Task.Delay(20); // To be parked.
    }

    /// <summary>Waits until no byte moves any more.</summary>
    private static async Task Stalled(Rig rig)
    {
        int before = -1;
        await Deadline.Until("the destination is full", () =>
        {
            Thread.Sleep(30);
            int now = rig.Reader.Available;
            bool isStill = now > 0 && now == before;
            before = now;
            return isStill;
        });
        await Task.Delay(50);
    }

    private static async Task AssertDestinationGoesOn(Rig rig)
    {
        await Task.Delay(20);
        Assert.False(rig.Reader.Poll(0, SelectMode.SelectRead), "the reader got something: bytes, an end or a reset");
        rig.Destination.Send("alive"u8);
        Assert.Equal("alive"u8.ToArray(), await Peer.ReadExactly(rig.Reader, 5).Within("a byte after the transfer"));
    }

    /// <summary>The source gives its next byte to whoever reads next.</summary>
    private static async Task AssertSourceGoesOn(Rig rig, Outcome outcome)
    {
        if (outcome.Consumed == FirstBytes)
        {
            rig.Writer.Send(Pattern.Default.Slice(FirstBytes, 100).Span);
        }

        Pattern.Default.AssertEqual(await Peer.ReadExactly(rig.Source, 100).Within("the next bytes"), outcome.Consumed);
    }

    private readonly record struct Outcome(TransferSide Side, long Consumed, long Written);
}

// A relay that something happens to, at any moment: whoever is left has the exact beginning of the stream, and the rest
// is where it was.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Properties.Simulation;

namespace Zerocopy.Soak.Scenarios;

internal static class CutRelays
{
    private enum Fault
    {
        Cancel,
        Abort,
        Idle,
        LeftPeer,
        RightPeer,
        LeftDisposed,
        RightDisposed,
    }

    internal static async Task RunAsync(Round round)
    {
        SimRandom random = round.Random;
        Fault fault = (Fault)random.Below(7);
        Side left = new(await round.ConnectAsync(), round.NewContent(), fault is Fault.LeftPeer or Fault.LeftDisposed);
        Side right = new(
            await round.ConnectAsync(), round.NewContent(), fault is Fault.RightPeer or Fault.RightDisposed);
        FlowOptions flow = new() { Mode = round.NewMode() };
        RelayOptions options = new()
        {
            LeftToRight = flow,
            RightToLeft = flow,
            CloseEndpoints = random.Chance(40),
            IdleTimeout = fault == Fault.Idle ? TimeSpan.FromMilliseconds(100) : Timeout.InfiniteTimeSpan,
        };
        round.What = $"{fault}, {flow.Mode}, owns {options.CloseEndpoints}, left {left}, right {right}";

        // Whose peer resets does so while it writes, sometimes while it reads.
        left.Begin(round, right.Content.Start, fault == Fault.LeftPeer, finishes: fault != Fault.Idle);
        right.Begin(round, left.Content.Start, fault == Fault.RightPeer, finishes: fault != Fault.Idle);
        RelayResult result = await RunAsync(round, fault, left.Link, right.Link, options);
        round.What += $": {result}";
        round.Count(result.LeftToRight);
        round.Count(result.RightToLeft);
        RelayEnd due = fault switch
        {
            Fault.Cancel => RelayEnd.Canceled,
            Fault.Abort => RelayEnd.Aborted,
            Fault.Idle => RelayEnd.IdleTimeout,
            Fault.LeftPeer => RelayEnd.LeftFailed,
            Fault.RightPeer => RelayEnd.RightFailed,
            Fault.LeftDisposed => RelayEnd.LeftDisposed,
            _ => RelayEnd.RightDisposed,
        };
        Assert.True(result.EndedBy == due || (result.EndedBy == RelayEnd.EndOfStream && fault != Fault.Idle));
        bool owns = options.CloseEndpoints;
        Task<Received>? restOfLeft = owns ? null : left.ReadRest(round, result.LeftToRight.BytesConsumed);
        Task<Received>? restOfRight = owns ? null : right.ReadRest(round, result.RightToLeft.BytesConsumed);
        await left.JudgeAsync(round, result.LeftToRight, result.RightToLeft, owns, restOfLeft);
        await right.JudgeAsync(round, result.RightToLeft, result.LeftToRight, owns, restOfRight);
    }

    private static async Task<RelayResult> RunAsync(
        Round round, Fault fault, Link left, Link right, RelayOptions options)
    {
        if (fault == Fault.Abort)
        {
            Relay relay = Relay.Start(left.Near, right.Near, options);
            await round.Moment();
            _ = relay.Progress;
            _ = await round.Within(Dispose(relay), "the abort");
            return await relay.Completion;
        }

        using CancellationTokenSource cancel = new();
        Task<RelayResult> run = Relay.RunAsync(left.Near, right.Near, options, cancel.Token).AsTask();
        await round.Moment();
        switch (fault)
        {
            case Fault.Cancel:
                await cancel.CancelAsync();
                break;
            case Fault.LeftDisposed:
                _ = await round.Within(Crew.Run(left.Near.Dispose), "the dispose of the left");
                break;
            case Fault.RightDisposed:
                _ = await round.Within(Crew.Run(right.Near.SafeHandle.Dispose), "the dispose of the right");
                break;
        }

        try
        {
            return await round.Within(run, "the relay");
        }
        catch (TransferCanceledException e)
        {
            return e.Relay!.Value;
        }
    }

    private static async Task<bool> Dispose(Relay relay)
    {
        await relay.DisposeAsync();
        return true;
    }

    /// <summary>One side: what its peer sends, and what it gets.</summary>
    private sealed record Side(Link Link, Content Content, bool IsDead)
    {
        private Task<Sent> _sent = null!;
        private Task<Received> _received = null!;

        internal void Begin(Round round, long otherStart, bool resets, bool finishes)
        {
            long after = resets ? round.Random.Between(0, (int)Content.Bytes) : long.MaxValue;
            bool whileReading = resets && round.Random.Chance(30);
            _sent = round.Send(Link.Far, Content, finishes, whileReading ? long.MaxValue : after);
            _received = round.Receive(Link.Far, otherStart, whileReading ? after : long.MaxValue);
        }

        /// <summary>Goes on where the relay stopped, and lets the peer see the end.</summary>
        internal Task<Received>? ReadRest(Round round, long consumed)
        {
            if (IsDead)
            {
                return null;
            }

            Link.Near.Shutdown(SocketShutdown.Send);
            return round.Receive(Link.Near, Content.Start + consumed);
        }

        internal async Task JudgeAsync(
            Round round, TransferResult outward, TransferResult inward, bool owns, Task<Received>? rest)
        {
            // Written may be less than consumed: what was in transit is dropped.
            Assert.InRange(outward.BytesWritten, 0, outward.BytesConsumed);
            Sent sent = await round.Within(_sent, "a writer");
            Assert.InRange(outward.BytesConsumed, 0, sent.Count + Peers.ChunkMax);
            if (rest is not null)
            {
                Assert.Equal(SocketError.Success, sent.Error);
                Link.Far.Shutdown(SocketShutdown.Send);
                Received after = await round.Within(rest, "the rest");
                Assert.Equal((sent.Count, true), (outward.BytesConsumed + after.Count, after.IsWhole));
            }

            if (IsDead)
            {
                Link.Far.Dispose(); // Whose near end is disposed may have been told nothing.
            }

            Received received = await round.Within(_received, "a reader");
            Assert.InRange(received.Count, 0, inward.BytesWritten);

            // The kernel tells a reset once: to the reader, or to the writer beside it.
            if (!IsDead && (!owns || (received.IsWhole && sent.Error == SocketError.Success)))
            {
                // A truncated stream must not end like a whole one; only TCP can say so.
                Assert.Equal(inward.BytesWritten, received.Count);
                Assert.True(received.IsWhole);
                Assert.True(!owns || !Link.IsTcp || inward.EndedBy == TransferEnd.EndOfStream, "ended as if whole");
            }
        }

        public override string ToString() => $"{Content} {(Link.IsTcp ? "tcp" : "unix")}";
    }
}

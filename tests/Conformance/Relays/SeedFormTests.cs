// A proxy written as acln0/zerocopy and Go write it: two opposite transfers over the same pair of sockets.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Relays;

public sealed class SeedFormTests
{
    /// <summary>Go's issue 25985: whichever transfer ends first closes both sockets at once, while the other is
    /// parked on them.</summary>
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.All), MemberType = typeof(Matrix))]
    [Cases("Z-24", "Z-32", "Z-40", "Z-48", "GN-08", "GN-16", "GN-24")]
    public async Task Both_transfers_return_when_the_first_one_to_end_closes_both_sockets(
        Family front, Family back, TransferMode mode, Call call)
    {
        using Rig rig = new(front, back);
        TransferOptions options = new() { Mode = mode };
        Task<TransferResult> there = CloseBoth(
            Rig.Start(call, rig.Source, rig.Destination, options), rig, rig.Destination);
        Task<TransferResult> backAgain = CloseBoth(
            Rig.Start(call, rig.Destination, rig.Source, options), rig, rig.Source);
        await Task.Delay(5);
        rig.Writer.Send("foo"u8);
        rig.Writer.Dispose();
        Assert.Equal("foo"u8.ToArray(), await Peer.ReadAll(rig.Reader).Within("the back end"));
        TransferResult result = await there.Within("there");
        ResultAssert.Moved(result, 3, mode);
        Assert.Equal(TransferEnd.EndOfStream, result.EndedBy);
        TransferDisposedException e = await Assert.ThrowsAsync<TransferDisposedException>(
            () => backAgain.Within("back again", 1000));
        Assert.Equal((0, 0), (e.Progress.BytesConsumed, e.Progress.BytesWritten));
    }

    /// <summary>The relay's cases, in this form: content both ways, each end carried by the caller.</summary>
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.All), MemberType = typeof(Matrix))]
    public async Task Two_opposite_transfers_are_a_relay(Family front, Family back, TransferMode mode, Call call)
    {
        const int There = 1_000_003;
        const int Back = 600_011;
        using Rig rig = new(front, back);
        TransferOptions options = new() { Mode = mode };
        Task<TransferResult> there = Finish(Rig.Start(call, rig.Source, rig.Destination, options), rig.Destination);
        Task<TransferResult> backAgain = Finish(Rig.Start(call, rig.Destination, rig.Source, options), rig.Source);
        Task<Received> backReader = Peer.Read(rig.Reader);
        Task<Received> frontReader = Peer.Read(rig.Writer, pattern: Pattern.Other);
        await Peer.AssertAll(There, Peer.Write(rig.Writer, There), backReader);
        Assert.False(backAgain.IsCompleted, "the first end of stream ended the other direction");
        await Peer.AssertAll(Back, Peer.Write(rig.Reader, Back, pattern: Pattern.Other), frontReader);
        ResultAssert.Moved(await there.Within("there"), There, mode);
        ResultAssert.Moved(await backAgain.Within("back again"), Back, mode);
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.Pairs), MemberType = typeof(Matrix))]
    public async Task A_cancel_of_one_leaves_the_other_alone(Family front, Family back)
    {
        using Rig rig = new(front, back);
        using CancellationTokenSource cancellation = new();
        Task<TransferResult> there = rig.Start(Call.Async, token: cancellation.Token);
        Task<TransferResult> backAgain = Rig.Start(Call.Async, rig.Destination, rig.Source);
        await Task.Delay(20);
        cancellation.Cancel();
        await Assert.ThrowsAsync<TransferCanceledException>(() => there.Within("the canceled one", 500));
        rig.Reader.Send(Pattern.Other.Slice(0, 200_000).Span);
        rig.Reader.Shutdown(SocketShutdown.Send);
        Pattern.Other.AssertEqual(await Peer.ReadExactly(rig.Writer, 200_000).Within("the other direction"));
        Assert.Equal(200_000, (await backAgain.Within("the other one")).BytesWritten);
    }

    // .NET resets a socket that is disposed while somebody still waits for it, unless it was shut down before.
    private static async Task<TransferResult> CloseBoth(Task<TransferResult> transfer, Rig rig, Socket destination)
    {
        try
        {
            TransferResult result = await transfer;
            destination.Shutdown(SocketShutdown.Send);
            return result;
        }
        finally
        {
            rig.Source.Dispose();
            rig.Destination.Dispose();
        }
    }

    private static async Task<TransferResult> Finish(Task<TransferResult> transfer, Socket destination)
    {
        TransferResult result = await transfer;
        destination.Shutdown(SocketShutdown.Send);
        return result;
    }
}

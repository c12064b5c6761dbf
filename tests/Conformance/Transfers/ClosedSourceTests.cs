// A source that this process closes: before the call, or while two opposite transfers wait.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Transfers;

public sealed class ClosedSourceTests
{
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.All), MemberType = typeof(Matrix))]
    [Cases("Z-23", "Z-31", "Z-39", "Z-47", "GN-07", "GN-15", "GN-23")]
    public async Task A_source_closed_before_the_call_throws_at_once_and_the_destination_stays_usable(
        Family source, Family destination, TransferMode mode, Call call)
    {
        using Rig rig = new(source, destination);
        rig.Writer.Send("left behind"u8);
        rig.Source.Dispose();

        ObjectDisposedException thrown = await Assert.ThrowsAnyAsync<ObjectDisposedException>(
            () => rig.Start(call, new TransferOptions { Mode = mode }).Within("the transfer", 500));

        Assert.Equal("source", thrown.ObjectName);
        rig.Destination.Send("bye"u8);
        rig.Destination.Shutdown(SocketShutdown.Send);
        Assert.Equal("bye", await Peer.ReadText(rig.Reader).Within("the reader"));
    }

    // Go issue 25985: the proxy's deferred closes run as soon as one direction has ended.
    [KernelOnly(Why.DisposeResets)]
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.All), MemberType = typeof(Matrix))]
    [Cases("Z-24", "Z-32", "Z-40", "Z-48", "GN-08", "GN-16", "GN-24")]
    public async Task Closing_both_ends_of_two_opposite_transfers_ends_the_other_one(
        Family source, Family destination, TransferMode mode, Call call)
    {
        using Rig rig = new(source, destination);
        TransferOptions options = new() { Mode = mode };
        Task<TransferResult> backward = Rig.Start(call, rig.Destination, rig.Source, options);
        Task<TransferResult> forward = rig.Start(call, options);
        Task<byte[]> back = Peer.ReadExactly(rig.Reader, 3); // A dispose in use may end it by a reset.

        rig.Writer.Send("foo"u8);
        rig.Writer.Dispose();

        TransferResult result = await forward.Within("the transfer towards the back");
        ResultAssert.Moved(result, 3, mode);
        rig.Source.Dispose();
        rig.Destination.Dispose();

        Assert.Equal("foo"u8.ToArray(), await back.Within("the back"));

        // A unix socket whose peer is gone may be reported before we close anything.
        Exception failure = await Assert.ThrowsAnyAsync<Exception>(
            () => backward.Within("the transfer to the front", 500));
        Assert.True(failure is TransferDisposedException or TransferException, failure.ToString());
        Assert.Equal(0, ((ITransferFailure)failure).Progress.BytesWritten);
    }
}

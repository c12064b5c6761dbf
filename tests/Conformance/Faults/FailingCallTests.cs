// Each call that moves bytes fails with an errno of its man page, at once or in mid-stream: the error is thrown with
// exact counts, and what was consumed is either written or handed back.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Faults;

[KernelOnly(Why.Mechanism)]
public sealed class FailingCallTests
{
    private const int Total = 1_000_003;

    public static TheoryData<MovingCall, Errno, int, Call> Failures { get; } =
        new MatrixTheoryData<MovingCall, Errno, int, Call>(
            [MovingCall.Receive, MovingCall.Send, MovingCall.Fill, MovingCall.Drain],
            [Errno.ENOMEM, Errno.EIO, Errno.ENOBUFS],
            [0, 3],
            Enum.GetValues<Call>());

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Failures))]
    public async Task What_fails_is_thrown_and_nothing_is_lost(MovingCall failing, Errno error, int after, Call call)
    {
        using Rig rig = new(Family.Tcp, Family.Unix, bufferBytes: 64 * 1024);
        using StumblingKernel kernel = new(seed: 1)
        {
            Failing = failing,
            FailsAfter = after,
            Error = (int)error,
            ShortOneIn = 4,
        };
        bool copies = failing is MovingCall.Receive or MovingCall.Send;
        TransferOptions options = new()
        {
            KeepUndelivered = true,
            Mode = copies ? TransferMode.CopyOnly : TransferMode.RequireZeroCopy,
        };
        Task<long> writer = Peer.Write(rig.Writer, Total);
        Task<Received> reader = Peer.Read(rig.Reader);

        TransferException thrown = await Assert.ThrowsAsync<TransferException>(
            () => rig.Start(call, options).Within("the transfer"));

        Assert.True(kernel.HasFailed);
        bool isSource = failing is MovingCall.Receive or MovingCall.Fill;
        string operation = failing switch
        {
            MovingCall.Receive => "recv",
            MovingCall.Send => "send",
            _ => "splice",
        };
        Assert.Equal(
            ((int)error, operation, isSource ? TransferSide.Source : TransferSide.Destination),
            (thrown.Error, thrown.Operation, thrown.Side));
        TransferResult progress = thrown.Progress;
        Assert.Equal(progress.BytesConsumed - progress.BytesWritten, thrown.Undelivered.Length);
        Assert.True(isSource || thrown.Undelivered.Length > 0, "nothing was in transit");
        Pattern.Default.AssertEqual(thrown.Undelivered.Span, progress.BytesWritten);

        // Written, handed back, and still in the source: together the whole stream.
        rig.Destination.Shutdown(SocketShutdown.Send);
        Assert.Equal(new Received(progress.BytesWritten, SocketError.Success), await reader.Within("the reader"));
        Task<Received> rest = Peer.Read(rig.Source, start: progress.BytesConsumed);
        Assert.Equal(
            new Received(Total - progress.BytesConsumed, SocketError.Success), await rest.Within("the rest"));
        Assert.Equal(Total, await writer.Within("the writer"));
    }
}

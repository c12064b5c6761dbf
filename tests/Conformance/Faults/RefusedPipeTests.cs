// Every errno of pipe2: the same bytes by copying, or, where copying is not allowed, an error before a byte has moved.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Faults;

[KernelOnly(Why.Mechanism)]
public sealed class RefusedPipeTests
{
    private const int Total = 1_000_003;

    public static TheoryData<Errno, Call> Rows { get; } = new MatrixTheoryData<Errno, Call>(
        [Errno.EFAULT, Errno.EINVAL, Errno.EMFILE, Errno.ENFILE, Errno.ENOMEM, Errno.EPERM, Errno.ENOSYS],
        Enum.GetValues<Call>());

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    public async Task Without_a_pipe_it_copies_or_says_so(Errno error, Call call)
    {
        using Rig rig = new(Family.Tcp, Family.Unix);
        using PipelessKernel kernel = new((int)error);
        Task<long> writer = Peer.Write(rig.Writer, Total);
        TransferException thrown = await Assert.ThrowsAsync<TransferException>(() => rig.Start(
            call, new TransferOptions { Mode = TransferMode.RequireZeroCopy }).Within("zero copy"));
        Assert.Equal(((int)error, "pipe2", 0L), (thrown.Error, thrown.Operation, thrown.Progress.BytesConsumed));

        Task<Received> reader = Peer.Read(rig.Reader);
        TransferResult result = await rig.Start(call).Within("the transfer");
        Assert.Equal((Total, Total, (int)error), (result.BytesConsumed, result.BytesBuffered, result.FallbackError));
        rig.Destination.Shutdown(SocketShutdown.Send);
        await Peer.AssertAll(Total, writer, reader);
    }

    private sealed class PipelessKernel(int error) : KernelOverride
    {
        public override Moved OpenPipe(int capacityBytes, out int readEnd, out int writeEnd)
        {
            readEnd = writeEnd = -1;
            return Moved.Failed(error);
        }
    }
}

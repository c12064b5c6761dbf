// A pipe is disposed while a call on it is underway, and the call fails with an errno that blames the socket.
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Faults;

[KernelOnly(Why.Mechanism)]
public sealed class DisposedUnderCallTests
{
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Family.Unix, Call.Async)]
    [InlineData(Family.Unix, Call.Sync)]
    [InlineData(Family.Tcp, Call.Async)]
    [InlineData(Family.Tcp, Call.Sync)]
    public async Task Whatever_the_call_says_it_was_the_dispose(Family family, Call call)
    {
        foreach (Errno error in (Errno[])[Errno.EFAULT, Errno.EPIPE, Errno.ENOMEM])
        {
            using SocketPair pair = SocketPair.Connect(family);
            Pipe pipe = Pipe.Create();
            using DisposingKernel kernel = new(pipe, (int)error);
            pair.Far.Send("bytes"u8);

            TransferDisposedException thrown = await Assert.ThrowsAsync<TransferDisposedException>(
                () => Rig.Start(call, pair.Near, pipe).Within("the transfer"));

            Assert.Equal((TransferSide.Destination, 0L), (thrown.Side, thrown.Progress.BytesConsumed));
            Assert.Equal("bytes"u8.ToArray(), await Peer.ReadExactly(pair.Near, 5).Within("what stayed"));
        }
    }

    /// <summary>Disposes the pipe in the middle of the first splice, which then fails.</summary>
    private sealed class DisposingKernel(Pipe pipe, int error) : KernelOverride
    {
        public override Moved Splice(BorrowedFd source, BorrowedFd destination, int length, long offset)
        {
            Task.Run(pipe.Dispose).Wait(Deadline.Ms);
            return Moved.Failed(error);
        }
    }
}

// The order of ending: whoever awaits a transfer may dispose both ends in the next line, and the tail still arrives.
using Xunit;

namespace Zerocopy.Properties.Identity;

[Collection(nameof(RealKernel))]
public sealed class EndingTests
{
    private const int Rounds = 60;
    private const int Bytes = 300_000;
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_dispose_right_after_the_await_loses_nothing(bool sourceIsUnix, bool destinationIsUnix)
    {
        for (int round = 0; round < Rounds; round++)
        {
            using Route route = new(sourceIsUnix, destinationIsUnix);
            Task<TransferResult> transfer = Transfer.CopyAsync(route.From.Ours, route.To.Ours).AsTask();
            await ParkedAsync(2);
            PeerScript script = new(round, 0, Bytes, 65536, 0, (ulong)round);
            Task<int> sent = script.Send(route.From.Peer, resets: false);
            Task<long> received = script.Receive(route.To.Peer);
            TransferResult result = await transfer.WaitAsync(s_timeout);
            route.To.Ours.Dispose();
            Assert.True(route.To.Ours.SafeHandle.IsClosed, "somebody still holds the destination");
            route.From.Ours.Dispose();
            Assert.True(route.From.Ours.SafeHandle.IsClosed, "somebody still holds the source");
            Assert.Equal(Bytes, await received.WaitAsync(s_timeout));
            Assert.Equal(Bytes, await sent.WaitAsync(s_timeout));
            Assert.Equal(Bytes, result.BytesWritten);
            Assert.Equal(0, Registrations());
        }
    }

    private static int Registrations() => LoopGroup.Default.Hosts.Sum(host => host.Loop.WatchCount);

    /// <summary>Waits until so many descriptors are watched: the transfer sleeps.</summary>
    private static async Task ParkedAsync(int count)
    {
        DateTime end = DateTime.UtcNow + s_timeout;
        while (Registrations() < count)
        {
            Assert.True(DateTime.UtcNow < end, "the transfer never waited");
            await Task.Delay(1);
        }
    }
}

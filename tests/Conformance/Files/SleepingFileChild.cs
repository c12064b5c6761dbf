// A file that cannot be read for now, sent by the loop that relays something else meanwhile.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;
using Zerocopy.Conformance.Metrics;

namespace Zerocopy.Conformance.Files;

internal sealed class SleepingFileChild : IChild
{
    private const int Rounds = 500;

    public int Run(string[] args)
    {
        byte[] content = Pattern.Default.Bytes(0, 1 << 20);
        using SleepingFileSystem? sleeping = SleepingFileSystem.Mount(args[0], content);
        if (sleeping is null)
        {
            return ChildProcess.Skip("no FUSE here");
        }

        Send(sleeping, content.Length).GetAwaiter().GetResult();
        Console.WriteLine("done");
        return 0;
    }

    private static async Task Send(SleepingFileSystem sleeping, int length)
    {
        using MeterProbe meter = new();
        using FileStream stream = new(sleeping.File, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        using SocketPair pair = SocketPair.Connect(Family.Tcp);
        Task<TransferResult> transfer =
            await Deadline.OnThread(() => Transfer.CopyAsync(stream, pair.Near).AsTask());
        await Deadline.Until("it is read", () => sleeping.HasSleeper);

        // Every loop there is relays, as long as the file sleeps.
        await Task.WhenAll(LoopGroup.Default.Hosts.Select(static _ => Exchange()));
        Assert.False(transfer.IsCompleted || !sleeping.HasSleeper, "it did not sleep");
        Assert.Equal(0, pair.Far.Available);

        sleeping.Wake();
        Task<Received> reader = Peer.Read(pair.Far);
        Assert.Equal(length, (await transfer.Within("the transfer")).BytesWritten);
        pair.Near.Shutdown(SocketShutdown.Send);
        Assert.Equal(new Received(length, SocketError.Success), await reader.Within("the reader"));
        Assert.Equal((0, 0, 1, 0), meter.Pieces);
    }

    private static async Task Exchange()
    {
        using SocketPair left = SocketPair.Connect(Family.Tcp);
        using SocketPair right = SocketPair.Connect(Family.Tcp);
        Task<RelayResult> relay = Relay.RunAsync(left.Near, right.Near).AsTask();
        await Deadline.OnThread(() =>
        {
            byte[] one = new byte[1];
            for (int i = 0; i < Rounds; i++)
            {
                left.Far.Send(one);
                Assert.Equal(1, right.Far.Receive(one));
                right.Far.Send(one);
                Assert.Equal(1, left.Far.Receive(one));
            }
        }).Within("rounds beside a file that sleeps");
        left.Far.Shutdown(SocketShutdown.Send);
        right.Far.Shutdown(SocketShutdown.Send);
        _ = await relay.Within("the relay");
    }
}

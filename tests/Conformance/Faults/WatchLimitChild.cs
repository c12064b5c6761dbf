// Takes epoll_ctl or poll away from itself, then waits.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Faults;

internal sealed class WatchLimitChild : IChild
{
    private const int WatchMs = 500;
    private const int CpuMsMax = 250;

    public int Run(string[] args)
    {
        if (!File.Exists("/proc/sys/kernel/seccomp/actions_avail"))
        {
            return ChildProcess.Skip("this kernel has no seccomp filters");
        }

        ReadyThreads.Start();
        (args[0] == "poll" ? Polled() : Watched()).GetAwaiter().GetResult();
        Console.WriteLine("done");
        return 0;
    }

    /// <summary>Who is watched already goes on; who would have to be is told so, and has lost nothing.</summary>
    private static async Task Watched()
    {
        using Rig earlier = new(Family.Tcp, Family.Tcp);
        Task<TransferResult> parked = earlier.Start(Call.Async);
        earlier.Writer.Send("1"u8);
        _ = await Peer.ReadExactly(earlier.Reader, 1).Within("the first byte");
        await Task.Delay(50);
        foreach (Errno error in (Errno[])[Errno.ENOSPC, Errno.ENOMEM])
        {
            Libc.RefuseSystemCalls((int)error, Libc.NumberOf("epoll_ctl"));
            using Rig rig = new(Family.Tcp, Family.Unix);
            TransferException thrown = await Assert.ThrowsAsync<TransferException>(
                () => rig.Start(Call.Async).Within("the transfer"));
            Assert.Equal(
                ((int)error, "epoll_ctl", 0L), (thrown.Error, thrown.Operation, thrown.Progress.BytesConsumed));
            RelayResult relayed = await Relay.RunAsync(rig.Source, rig.Destination).Within("the relay");
            Assert.Equal((int)error, relayed.Error);

            Task<TransferResult> sync = rig.Start(Call.Sync); // It polls.
            rig.Writer.Send("all"u8);
            rig.Writer.Shutdown(SocketShutdown.Send);
            Assert.Equal(3, (await sync.Within("the sync transfer")).BytesWritten);
        }

        earlier.Writer.Send("2"u8);
        _ = await Peer.ReadExactly(earlier.Reader, 1).Within("the second byte");
        earlier.Writer.Shutdown(SocketShutdown.Send);
        Assert.Equal(2, (await parked.Within("the parked one")).BytesWritten);
    }

    /// <summary>poll refuses to look at more descriptors than may be open.</summary>
    private static async Task Polled()
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        Task<TransferResult> transfer = rig.Start(Call.Sync);
        rig.Writer.Send("1"u8);
        _ = await Peer.ReadExactly(rig.Reader, 1).Within("the first byte");
        long before = Libc.OpenFilesLimit(1);
        await Task.Delay(300); // Longer than a slice.
        TimeSpan used = Environment.CpuUsage.TotalTime;
        Thread.Sleep(WatchMs);
        used = Environment.CpuUsage.TotalTime - used;
        rig.Writer.Send("2"u8);
        rig.Writer.Shutdown(SocketShutdown.Send);
        TransferResult result = await transfer.Within("the transfer", 5000);
        _ = Libc.OpenFilesLimit(before);
        Assert.Equal((2, TransferEnd.EndOfStream), (result.BytesWritten, result.EndedBy));
        Assert.True(used.TotalMilliseconds < CpuMsMax, $"used {used.TotalMilliseconds} ms of CPU in {WatchMs} ms");
    }
}

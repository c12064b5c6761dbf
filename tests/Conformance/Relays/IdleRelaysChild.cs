// A thousand relays that have nothing to do.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Relays;

internal sealed class IdleRelaysChild : IChild
{
    private const int Count = 1000;
    private const int BytesMax = 1024;
    private const int BurstBytes = 300_000;

    public int Run(string[] args)
    {
        FdCaches.WarmUp();
        Rig[] rigs = [.. Enumerable.Range(0, Count).Select(i => new Rig((Family)(i & 1), (Family)((i >> 1) & 1)))];
        byte[] buffer = new byte[BurstBytes];
        int pipesBefore = Pipes();
        using CancellationTokenSource cancellation = new();
        Task<RelayResult>[] relays = new Task<RelayResult>[Count];
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < Count; i++)
        {
            relays[i] = Relay.RunAsync(rigs[i].Source, rigs[i].Destination, cancellation.Token).AsTask();
        }

        // Each has been busy, with a pipe, and has nothing left to do.
        foreach (Rig rig in rigs)
        {
            rig.Writer.Send(Pattern.Default.Slice(0, BurstBytes / 2).Span);
            for (int done = 0; done < BurstBytes / 2;)
            {
                done += rig.Reader.Receive(buffer, done, BurstBytes - done, SocketFlags.None);
            }

            Pattern.Default.AssertEqual(buffer.AsSpan(0, BurstBytes / 2));
            rig.Reader.Send("back"u8);
            Assert.Equal(4, rig.Writer.Receive(buffer));
        }

        Thread.Sleep(200);
        FdCaches.Empty(); // What the loops keep for the next one is nobody's.
        int pipes = Pipes() - pipesBefore;
        long each = (GC.GetTotalMemory(forceFullCollection: true) - before) / Count;
        Assert.True(pipes <= 0, $"{pipes} pipes are open");
        Assert.True(each < BytesMax, $"{each} bytes of managed memory for each relay");
        CpuMeter.AssertParked("a thousand idle relays").GetAwaiter().GetResult();
        Assert.DoesNotContain(relays, relay => relay.IsCompleted);
        cancellation.Cancel();
        Assert.Throws<TransferCanceledException>(() => Task.WhenAll(relays).Within("the cancel", 5000).GetAwaiter().GetResult());
        GC.KeepAlive(rigs);
        Console.WriteLine($"done: {each} bytes each");
        return 0;
    }

    private static int Pipes() => Directory.GetFileSystemEntries("/proc/self/fd")
        .Count(path => new FileInfo(path).LinkTarget?.StartsWith("pipe:", StringComparison.Ordinal) == true);
}

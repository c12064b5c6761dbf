// A thousand relays that have nothing to do.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;

#pragma warning disable CA2012 // Kept in an array and consumed once, so that no task's memory is counted.
namespace Zerocopy.Conformance.Relays;

internal sealed class IdleRelaysChild : IChild
{
    private const int Count = 1000;
    private const int BytesMax = 1536; // Beside the sockets, which are the caller's.
    private const int BurstBytes = 300_000;

    public int Run(string[] args)
    {
        FdCaches.WarmUp();
        Rig[] rigs = [.. Enumerable.Range(0, Count).Select(i => new Rig((Family)(i & 1), (Family)((i >> 1) & 1)))];
        byte[] buffer = Pattern.Default.Bytes(0, BurstBytes);
        ValueTask<RelayResult>[] relays = new ValueTask<RelayResult>[Count];
        foreach (Socket socket in (IEnumerable<Socket>)[
            .. rigs.Select(rig => rig.Source), .. rigs.Select(rig => rig.Destination)])
        {
            // What a socket of .NET costs that has been used without blocking is the socket's, not the relay's.
            socket.Blocking = false;
            socket.Blocking = true;
        }

        int pipesBefore = Pipes();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < Count; i++)
        {
            relays[i] = Relay.RunAsync(rigs[i].Source, rigs[i].Destination);
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
            buffer.AsSpan().Clear();
        }

        Thread.Sleep(200);
        FdCaches.Empty(); // What the loops keep for the next one is nobody's.
        int pipes = Pipes() - pipesBefore;
        long each = (GC.GetTotalMemory(forceFullCollection: true) - before) / Count;
        Assert.True(pipes <= 0, $"{pipes} pipes are open");
        Assert.True(each < BytesMax, $"{each} bytes of managed memory for each relay");
        CpuMeter.AssertParked("a thousand idle relays").GetAwaiter().GetResult();
        for (int i = 0; i < Count; i++)
        {
            rigs[i].Writer.Shutdown(SocketShutdown.Send);
            rigs[i].Reader.Shutdown(SocketShutdown.Send);
            RelayResult result = relays[i].Within("its end").GetAwaiter().GetResult();
            Assert.Equal(RelayEnd.EndOfStream, result.EndedBy);
            Assert.Equal((BurstBytes / 2, 4), (result.LeftToRight.BytesWritten, result.RightToLeft.BytesWritten));
        }

        GC.KeepAlive(rigs);
        Console.WriteLine($"done: {each} bytes each");
        return 0;
    }

    private static int Pipes() => Directory.GetFileSystemEntries("/proc/self/fd")
        .Count(path => new FileInfo(path).LinkTarget?.StartsWith("pipe:", StringComparison.Ordinal) == true);
}

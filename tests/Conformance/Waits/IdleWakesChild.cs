// Some hundred relays that wait, and how often their loops wake meanwhile. With 4900 it says what a full house costs.
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Waits;

internal sealed class IdleWakesChild : IChild
{
    private const int WakesMax = 12;
    private const int MeasuredMs = 2000;

    public int Run(string[] args)
    {
        int count = int.Parse(args[0], CultureInfo.InvariantCulture);
        bool areStreams = args[1] == "streams";
        Rig[] rigs = [.. Enumerable.Range(0, count).Select(i => new Rig((Family)(i & 1), (Family)((i >> 1) & 1)))];
        RelayOptions options = new() { IdleTimeout = TimeSpan.FromMinutes(10) };
        Task<RelayResult>[] relays = [.. rigs.Select(rig => Relay.RunAsync(
            EndOf(rig.Source, areStreams), EndOf(rig.Destination, areStreams), options).AsTask())];
        foreach (Rig rig in rigs) // All have been busy, at different times, and had their timeout armed anew.
        {
            rig.Writer.Send("there"u8);
            Assert.Equal(5, rig.Reader.Receive(new byte[8]));
            rig.Reader.Send("back"u8);
            Assert.Equal(4, rig.Writer.Receive(new byte[8]));
        }

        Thread.Sleep(300);
        EventLoop[] loops = [.. LoopGroup.Default.Hosts.Select(host => host.Loop)];
        long[] before = [.. loops.Select(loop => loop.Wakes)];
        TimeSpan cpuBefore = Process.GetCurrentProcess().TotalProcessorTime;
        long startMs = Environment.TickCount64;
        Thread.Sleep(MeasuredMs);
        double seconds = (Environment.TickCount64 - startMs) / 1000.0;
        double cpu = (Process.GetCurrentProcess().TotalProcessorTime - cpuBefore).TotalMilliseconds / seconds;
        double wakes = loops.Zip(before).Max(pair => pair.First.Wakes - pair.Second) / seconds;
        Assert.True(wakes <= WakesMax, $"{wakes:F1} wakes of a loop in a second, with {count} idle relays");
        Assert.True(relays.All(relay => !relay.IsCompleted), "one of them ended");
        foreach (Rig rig in rigs)
        {
            rig.Writer.Shutdown(SocketShutdown.Send);
            rig.Reader.Shutdown(SocketShutdown.Send);
        }

        foreach (Task<RelayResult> relay in relays)
        {
            Assert.Equal(RelayEnd.EndOfStream, relay.Within("its end").GetAwaiter().GetResult().EndedBy);
        }

        Array.ForEach(rigs, rig => rig.Dispose());
        Console.WriteLine($"done: {wakes:F1} wakes and {cpu:F1} ms of CPU in a second");
        return 0;
    }

    private static TransferEndpoint EndOf(Socket socket, bool isStream)
        => isStream ? new NetworkStream(socket, ownsSocket: false) : socket;
}

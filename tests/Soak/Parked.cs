// Relays that wait, with mirrors and without, cost next to nothing.
using System.Diagnostics;
using System.Net.Sockets;

namespace Zerocopy.Soak;

internal static class Parked
{
    private const int Relays = 40;
    private const int WindowMs = 500;
    private const int Windows = 20;

    /// <summary>Of one core, of the whole process in the quietest window; a spin is there in all of them.</summary>
    private const double ShareMax = 0.02;

    /// <summary>True if it is so.</summary>
    internal static async Task<bool> IsQuietAsync(ulong seed)
    {
        using Round round = new(seed);
        List<Task<RelayResult>> relays = [];
        for (int i = 0; i < Relays; i++)
        {
            Link left = await round.ConnectAsync();
            Link right = await round.ConnectAsync();
            FlowOptions flow = new()
            {
                Mode = round.NewMode(),
                Mirror = i % 4 == 0 ? round.Own(Pipe.Create()) : default(TransferEndpoint?),
            };
            relays.Add(Relay.RunAsync(left.Near, right.Near, new RelayOptions { LeftToRight = flow }).AsTask());
            _ = left.Far.Send(Pattern.Default.Slice(0, 1000).Span);
            for (int got = 0; got < 1000;)
            {
                got += right.Far.Receive(Crew.Buffer, SocketFlags.None);
            }
        }

        double quietest = 1;
        for (int i = 0; i < Windows && quietest > ShareMax; i++)
        {
            TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
            await Task.Delay(WindowMs);
            TimeSpan used = Process.GetCurrentProcess().TotalProcessorTime - before;
            quietest = Math.Min(quietest, used.TotalMilliseconds / WindowMs);
        }

        bool isQuiet = quietest <= ShareMax && relays.TrueForAll(relay => !relay.IsCompleted);
        string verdict = isQuiet ? "quiet" : "BUSY";
        Console.WriteLine($"  {"parked",-14} {verdict}: {quietest:p1} of a core with {Relays} relays");
        round.Dispose();
        await Task.WhenAll(relays).WaitAsync(TimeSpan.FromSeconds(10));
        return isQuiet;
    }
}

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Zerocopy.Bench.Load.Children;

/// <summary>Moves files: to a socket, to a file, from the output of a process, and what is uploaded into a file. One
/// after another, each opened anew, for as long as it is told to.</summary>
internal static class MoverChild
{
    internal static (string Ready, Func<string[], string> Answer) Start(string kind, string storePath)
    {
        Socket listener = Address.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        RelayCounters counters = new();
        Mover mover = new(kind, counters);
        new Thread(() => Store(listener, storePath, mover, counters)) { IsBackground = true, Name = "accept" }.Start();
        return ($"ready {Address.Format(listener.LocalEndPoint!)}", command => command switch
        {
            ["send", string source, string path, string address, string seconds]
                => SendAsync(mover, source, path, address, double.Parse(seconds)).GetAwaiter().GetResult(),
            ["copy", string from, string to, string seconds]
                => RepeatAsync(double.Parse(seconds), () => mover.CopyAsync(from, to)).GetAwaiter().GetResult(),
            _ => counters.Answer(command[0]),
        });
    }

    private static async Task<string> SendAsync(
        Mover mover, string source, string path, string address, double seconds)
    {
        using Socket socket = Address.Connect(Address.Parse(address));
        string answer = await RepeatAsync(
            seconds,
            source == "process" ? () => mover.SendOutputAsync(path, socket) : () => mover.SendAsync(path, socket));
        socket.Shutdown(SocketShutdown.Send);
        return answer;
    }

    /// <summary>At least once.</summary>
    private static async Task<string> RepeatAsync(double seconds, Func<Task> move)
    {
        long started = Stopwatch.GetTimestamp();
        int times = 0;
        do
        {
            await move();
            times++;
        }
        while (Stopwatch.GetElapsedTime(started).TotalSeconds < seconds);
        return $"moved {times} {Stopwatch.GetElapsedTime(started).TotalSeconds}";
    }

    private static void Store(Socket listener, string path, Mover mover, RelayCounters counters)
    {
        while (true)
        {
            Socket socket = listener.Accept();
            counters.Begin();
            _ = StoreAsync(socket, path, mover, counters);
        }
    }

    private static async Task StoreAsync(Socket socket, string path, Mover mover, RelayCounters counters)
    {
        string? failure = null;
        try
        {
            await mover.StoreAsync(socket, path);
        }
        catch (Exception e)
        {
            failure = e.Message;
        }

        counters.End(default, failure);
        socket.Dispose(); // The client takes this for "stored".
    }
}

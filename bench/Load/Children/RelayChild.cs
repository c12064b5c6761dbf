using System.Net;
using System.Net.Sockets;

namespace Zerocopy.Bench.Load.Children;

/// <summary>A relay in a process of its own, so that its CPU time is nobody else's.</summary>
internal static class RelayChild
{
    internal static (string Ready, Func<string[], string> Answer) Start(string kind, string listen, string connect)
    {
        Socket listener = Address.Listen(Address.Parse(listen));
        EndPoint target = Address.Parse(connect);
        RelayCounters counters = new();
        Action serve = kind switch
        {
            RelayKind.Zerocopy => () => ZerocopyRelay.Serve(listener, target, TransferMode.Auto, counters),
            RelayKind.CopyOnly => () => ZerocopyRelay.Serve(listener, target, TransferMode.CopyOnly, counters),
            RelayKind.NetworkStream => () => NetworkStreamRelay.ServeAsync(listener, target, counters).Wait(),
            _ => throw new ArgumentException($"no such relay: {kind}"),
        };
        new Thread(() => serve()) { IsBackground = true, Name = "accept" }.Start();
        return ($"ready {Address.Format(listener.LocalEndPoint!)}", command => Answer(command, counters));
    }

    // cpu: at once. drain: once all connections have ended. Environment.CpuUsage is getrusage(2): microseconds, where
    // /proc/PID/stat has hundredths of a second.
    private static string Answer(string[] command, RelayCounters counters)
    {
        if (command[0] == "drain")
        {
            counters.WaitUntilIdle(Address.Patience);
        }

        long cpuMicroseconds = (long)Environment.CpuUsage.TotalTime.TotalMicroseconds;
        return $"usage {cpuMicroseconds} {counters.Spliced} {counters.Buffered}";
    }
}

internal static class RelayKind
{
    internal const string Zerocopy = "zerocopy";
    internal const string CopyOnly = "copyonly";
    internal const string NetworkStream = "netstream";
}

using System.Net;
using System.Net.Sockets;

namespace Zerocopy.Bench.Load.Children;

/// <summary>A relay in a process of its own, so that its CPU time and its memory are nobody else's.</summary>
internal static class RelayChild
{
    private const string RssKey = "VmRSS:";

    internal static (string Ready, Func<string[], string> Answer) Start(string kind, string listen, string connect)
    {
        Socket listener = Address.Listen(Address.Parse(listen));
        EndPoint target = Address.Parse(connect);
        RelayCounters counters = new();
        CopyTarget copy = new();
        Action serve = kind switch
        {
            RelayKind.Zerocopy => Library(new FlowOptions()),
            RelayKind.CopyOnly => Library(new FlowOptions { Mode = TransferMode.CopyOnly }),
            RelayKind.Detach => Library(new FlowOptions { MirrorOptions = new() { OnLag = TeeLag.Detach } }),
            RelayKind.NetworkStream => () => NetworkStreamRelay.ServeAsync(listener, target, counters).Wait(),
            RelayKind.ReadWrite => () => new ReadWriteRelay(target, copy, counters).Serve(listener),
            _ => throw new ArgumentException($"no such relay: {kind}"),
        };
        new Thread(() => serve()) { IsBackground = true, Name = "accept" }.Start();
        return ($"ready {Address.Format(listener.LocalEndPoint!)}", command => Answer(command, counters, copy));

        Action Library(FlowOptions flow) => () => new ZerocopyRelay(target, flow, copy, counters).Serve(listener);
    }

    private static string Answer(string[] command, RelayCounters counters, CopyTarget copy)
    {
        switch (command)
        {
            case ["memory"]:
                return $"memory {GC.GetTotalMemory(forceFullCollection: true)} {ResidentBytes()}";
            case ["mirror", string name, string sendBufferBytes]:
                copy.Set(name, int.Parse(sendBufferBytes));
                return "mirroring";
            default:
                return counters.Answer(command[0]);
        }
    }

    private static long ResidentBytes()
    {
        string line = File.ReadLines("/proc/self/status")
            .First(line => line.StartsWith(RssKey, StringComparison.Ordinal));
        return long.Parse(line[RssKey.Length..].Replace("kB", "")) * 1024;
    }
}

internal static class RelayKind
{
    internal const string Zerocopy = "zerocopy";
    internal const string CopyOnly = "copyonly";
    internal const string Detach = "detach";
    internal const string NetworkStream = "netstream";
    internal const string ReadWrite = "readwrite";
}

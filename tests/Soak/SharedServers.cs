// The servers that live as long as the run, whatever happens to their connections.
using Zerocopy.Properties.Simulation;

namespace Zerocopy.Soak;

/// <summary>One on the loops of the process, and one on loops of its own, which hand connections over.</summary>
internal static class SharedServers
{
    private const int OwnLoops = 3;

    private static SoakServer[] s_all = [];

    internal static LoopGroup OwnGroup { get; } = new("Soak", OwnLoops);

    /// <summary>Registrations of their listeners, each of which every loop watches.</summary>
    internal static int Watches { get; private set; }

    internal static long Active => s_all.Sum(server => server.Server.GetCounters().Active);

    internal static async Task StartAsync()
    {
        s_all = [await SoakServer.StartAsync(isTcpBehind: true), await SoakServer.StartAsync(false, OwnGroup)];
        Watches = s_all[0].Server.EndPoints.Count * LoopGroup.Default.Count
            + (s_all[1].Server.EndPoints.Count * OwnGroup.Count);
    }

    internal static SoakServer Pick(SimRandom random) => s_all[random.Below(s_all.Length)];

    /// <summary>At rest: how many do not agree with what was told and done.</summary>
    internal static int CountDisagreements()
    {
        string[] found = [.. s_all.Select(server => server.Disagreement(isStopped: false)).OfType<string>()];
        Array.ForEach(found, Console.WriteLine);
        return found.Length;
    }

    internal static async Task StopAsync()
    {
        string connections = string.Join(" and ", s_all.Select(server => server.Connected));
        Console.WriteLine($"        served: {connections} connections, "
            + $"{s_all.Sum(server => server.Server.GetCounters().HandedOver)} handed over");
        foreach (SoakServer server in s_all)
        {
            await server.DisposeAsync();
        }

        s_all = [];
        Watches = 0;
    }
}

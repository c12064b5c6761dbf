// What there is to run, and how often.
using Zerocopy.Properties.Simulation;

namespace Zerocopy.Soak.Scenarios;

/// <param name="Name">As in the report, and for <c>--only</c>.</param>
/// <param name="Weight">How often, compared with the others.</param>
/// <param name="RunAsync">One round of it; throws if anything is not as it has to be.</param>
internal sealed record Scenario(string Name, int Weight, Func<Round, Task> RunAsync)
{
    internal static Scenario[] All { get; } =
    [
        new("relay", 4, Relays.RunAsync),
        new("relay-cut", 4, CutRelays.RunAsync),
        new("pings", 3, Pings.RunAsync),
        new("transfer", 3, Transfers.RunAsync),
        new("resume", 2, Resumes.RunAsync),
        new("transfer-cut", 3, CutTransfers.RunAsync),
        new("mirror", 4, Mirrors.RunAsync),
        new("mirror-cut", 2, CutMirrors.RunAsync),
        new("file-out", 2, Files.OutAsync),
        new("file-in", 2, Files.InAsync),
        new("file-copy", 1, Files.CopyAsync),
        new("pipe", 3, Pipes.RunAsync),
        new("pipe-cut", 2, CutPipes.RunAsync),
        new("stream", 2, Streams.RunAsync),
        new("hostile", 4, Hostile.RunAsync),
        new("server", 4, Served.WholeAsync),
        new("server-cut", 4, Served.CutAsync),
        new("server-stop", 2, OwnServers.StopAsync),
        new("server-fault", 2, OwnServers.FaultAsync),
    ];

    internal static Scenario Pick(SimRandom random)
    {
        int left = random.Below(All.Sum(scenario => scenario.Weight));
        return All.First(scenario => (left -= scenario.Weight) < 0);
    }
}

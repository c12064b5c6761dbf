using Zerocopy.Server;

namespace Zerocopy.Samples.Proxy;

/// <summary>What all connections did together, in a line.</summary>
internal static class Totals
{
    internal static string Of(RelayServerCounters counters)
    {
        long bytes = counters.BytesToUpstream + counters.BytesToClient;
        IEnumerable<string> ends = Enum.GetValues<RelayEnd>()
            .Select(end => (Name: $"{end}", Count: counters.EndedBy(end)))
            .Append((Name: "NotConnected", Count: counters.ConnectFailures + counters.NoDescriptors))
            .Append((Name: "ClientLeft", Count: counters.ClientLeft))
            .Append((Name: "Stopped", Count: counters.Stopped))
            .Where(end => end.Count > 0)
            .Select(end => $"{end.Name} {end.Count}")
            .DefaultIfEmpty("none");
        string refused = counters.Refused == 0 ? "" : $", splice refused in {counters.Refused}";
        return $"relays: {counters.Relayed}, bytes: {counters.BytesSpliced} spliced, "
            + $"{bytes - counters.BytesSpliced} copied{refused}; ended by: {string.Join(", ", ends)}";
    }
}

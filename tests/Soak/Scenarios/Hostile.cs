// Streams, progress and callbacks of the program that misbehave, in all the ways that the property knows. The others
// run beside them and must not notice; what they leave behind shows at the next rest.
using Zerocopy.Properties.Hostile;

namespace Zerocopy.Soak.Scenarios;

internal static class Hostile
{
    private const int AtOnce = 4; // Some wait for a quarter of a second.

    internal static async Task RunAsync(Round round)
    {
        ulong[] seeds = [.. Enumerable.Range(0, AtOnce).Select(_ => round.Random.Next())];
        round.What = $"ZEROCOPY_HOSTILE={string.Join(" or ", seeds)}";
        _ = await round.Within(Task.WhenAll(seeds.Select(OneAsync)), "misbehaving streams");
    }

    private static async Task<ulong> OneAsync(ulong seed)
    {
        using HostileSchedule schedule = new(seed);
        await Task.Run(schedule.Run);
        return seed;
    }
}

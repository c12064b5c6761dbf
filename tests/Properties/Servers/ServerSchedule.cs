// What a schedule of the server is: a seed and a few knobs. The same schedule makes the same calls.
using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Zerocopy.Properties.Simulation;

namespace Zerocopy.Properties.Servers;

/// <param name="Seed">Everything that no knob says.</param>
/// <param name="Loops">How many there are.</param>
/// <param name="Clients">How many come.</param>
/// <param name="KiB">The most that one peer sends.</param>
/// <param name="Shorts">Percent of calls that move less than they could.</param>
/// <param name="Spurious">Percent of calls that would block because the peer was a little late.</param>
/// <param name="Concurrency">Percent chance that a peer acts before a call.</param>
/// <param name="Faults">Percent chance of each thing that can go wrong.</param>
/// <param name="Lateness">Percent chance that an edge waits for a later look.</param>
internal sealed record ServerSchedule(
    ulong Seed,
    int Loops,
    int Clients,
    int KiB,
    int Shorts,
    int Spurious,
    int Concurrency,
    int Faults,
    int Lateness)
{
    public override string ToString()
        => string.Create(
            CultureInfo.InvariantCulture,
            $"{Seed:x16}:{Loops}:{Clients}:{KiB}:{Shorts}:{Spurious}:{Concurrency}:{Faults}:{Lateness}");

    internal static ServerSchedule Parse(string text)
    {
        string[] parts = text.Trim().Split(':');
        int[] knobs = [.. parts[1..].Select(part => int.Parse(part, CultureInfo.InvariantCulture))];
        ulong seed = ulong.Parse(parts[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return new ServerSchedule(
            seed, knobs[0], knobs[1], knobs[2], knobs[3], knobs[4], knobs[5], knobs[6], knobs[7]);
    }

    /// <summary>The schedule of a bare seed.</summary>
    internal static ServerSchedule FromSeed(ulong seed)
    {
        SimRandom random = new(seed);
        bool areMany = random.Chance(15);
        return new ServerSchedule(
            seed,
            random.Pick<int>([1, 2, 4]),
            areMany ? random.Between(15, 40) : random.Between(1, 10),
            areMany ? 8 : random.Pick<int>([2, 8, 100, 700, 700]),
            random.Pick<int>([0, 10, 40, 80]),
            random.Pick<int>([0, 0, 5, 20]),
            random.Pick<int>([5, 25, 50, 70]),
            random.Pick<int>([0, 10, 50, 60]),
            random.Pick<int>([0, 30, 80]));
    }
}

/// <summary>How FsCheck makes them, and makes a failing one simpler.</summary>
internal static class ServerSchedules
{
    public static Arbitrary<ServerSchedule> Any()
        => Arb.From(Schedules.Seeds().Select(ServerSchedule.FromSeed), Shrink);

    private static IEnumerable<ServerSchedule> Shrink(ServerSchedule schedule)
    {
        ServerSchedule[] simpler =
        [
            schedule with { Loops = 1 },
            schedule with { Clients = 1 },
            schedule with { Clients = schedule.Clients / 2 },
            schedule with { Clients = schedule.Clients - 1 },
            schedule with { Faults = 0 },
            schedule with { Spurious = 0 },
            schedule with { Shorts = 0 },
            schedule with { Lateness = 0 },
            schedule with { Concurrency = 5 },
            schedule with { KiB = schedule.KiB / 2 },
            schedule with { Faults = schedule.Faults / 2 },
        ];
        return simpler.Where(other => other != schedule && other.KiB > 0 && other.Clients > 0);
    }
}

// What a schedule is: a seed and a few knobs. The same schedule makes the same calls; a failure prints its text.
using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace Zerocopy.Properties.Simulation;

internal enum ScheduleKind
{
    /// <summary>One flow between two sockets.</summary>
    Single,

    /// <summary>Two opposite flows over the same two ends, and the end of stream passed on.</summary>
    Relay,

    /// <summary>Several flows at once, one after another, that share pipes, blocks and pages.</summary>
    Shared,

    /// <summary>One flow from or to a pipe of the user's, which somebody else fills or drains.</summary>
    Pipe,

    /// <summary>One flow with a mirror.</summary>
    Mirror,

    /// <summary>Flows out of a pipe of the user's that is teed, one after another.</summary>
    Tee,
}

/// <param name="Seed">Everything that no knob says.</param>
/// <param name="Kind">Which flows.</param>
/// <param name="KiB">The most that one source sends.</param>
/// <param name="Shorts">Percent of calls that move less than they could.</param>
/// <param name="Spurious">Percent of calls that would block because the peer was a little late.</param>
/// <param name="Concurrency">Percent chance that a peer acts before a call.</param>
/// <param name="Faults">Percent chance of each thing that can go wrong.</param>
/// <param name="Lateness">Percent chance that an edge waits for a later look.</param>
internal sealed record Schedule(
    ulong Seed, ScheduleKind Kind, int KiB, int Shorts, int Spurious, int Concurrency, int Faults, int Lateness)
{
    public override string ToString()
        => string.Create(
            CultureInfo.InvariantCulture,
            $"{Seed:x16}:{(int)Kind}:{KiB}:{Shorts}:{Spurious}:{Concurrency}:{Faults}:{Lateness}");

    internal static Schedule Parse(string text)
    {
        string[] parts = text.Trim().Split(':');
        int[] knobs = [.. parts[1..].Select(part => int.Parse(part, CultureInfo.InvariantCulture))];
        ulong seed = ulong.Parse(parts[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return new Schedule(seed, (ScheduleKind)knobs[0], knobs[1], knobs[2], knobs[3], knobs[4], knobs[5], knobs[6]);
    }

    /// <summary>The schedule of a bare seed, between sockets.</summary>
    internal static Schedule FromSeed(ulong seed)
    {
        SimRandom random = new(seed);
        return Make(seed, (ScheduleKind)Math.Min(random.Below(4), 2), random);
    }

    /// <summary>The schedule of a bare seed, with pipes of the user's and targets.</summary>
    internal static Schedule OfPipes(ulong seed)
    {
        SimRandom random = new(seed);
        return Make(seed, ScheduleKind.Pipe + random.Below(3), random);
    }

    private static Schedule Make(ulong seed, ScheduleKind kind, SimRandom random)
        => new(
            seed,
            kind,
            random.Pick<int>([30, 400, 900, 1800]),
            random.Pick<int>([0, 10, 40, 80]),
            random.Pick<int>([0, 0, 5, 20]),
            random.Pick<int>([5, 25, 50, 70]),
            random.Pick<int>([0, 10, 50, 60]),
            random.Pick<int>([0, 30, 80]));
}

/// <summary>How FsCheck makes schedules, and makes a failing one simpler.</summary>
internal static class Schedules
{
    public static Arbitrary<Schedule> Any() => Arb.From(Seeds().Select(Schedule.FromSeed), Shrink);

    public static Arbitrary<Schedule> OfPipes() => Arb.From(Seeds().Select(Schedule.OfPipes), Shrink);

    internal static Gen<ulong> Seeds()
        => Gen.Choose(int.MinValue, int.MaxValue).Two()
            .Select(pair => ((ulong)(uint)pair.Item1 << 32) | (uint)pair.Item2);

    private static IEnumerable<Schedule> Shrink(Schedule schedule)
    {
        Schedule[] simpler =
        [
            schedule with { Kind = schedule.Kind < ScheduleKind.Pipe ? ScheduleKind.Single : schedule.Kind },
            schedule with { Faults = 0 },
            schedule with { Spurious = 0 },
            schedule with { Shorts = 0 },
            schedule with { Lateness = 0 },
            schedule with { Concurrency = 5 },
            schedule with { KiB = schedule.KiB / 2 },
            schedule with { Faults = schedule.Faults / 2 },
        ];
        return simpler.Where(other => other != schedule && other.KiB > 0);
    }
}

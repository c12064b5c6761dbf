// One case of a teed pipe on the real kernel: who writes, who drains and how, and what the targets do.
using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Zerocopy.Properties.Identity;
using Zerocopy.Properties.Simulation;

namespace Zerocopy.Properties.Tees;

internal enum TargetKind
{
    Pipe,
    Socket,
    Stream,
}

/// <param name="Kind">What it is.</param>
/// <param name="Pages">Its capacity, or that of the pipe before it.</param>
/// <param name="OnLag">Whether it holds up the others.</param>
/// <param name="OnFailure">Whether its failure does.</param>
/// <param name="LeaveOpen">Whether its write end stays open.</param>
/// <param name="ClosesAfter">Its reader closes after so many bytes; null: it reads to the end.</param>
/// <param name="Reader">How it reads.</param>
internal sealed record TargetCase(
    TargetKind Kind, int Pages, TeeLag OnLag, TeeFailure OnFailure, bool LeaveOpen, int? ClosesAfter, PeerScript Reader)
{
    internal TeeOptions Options => new()
    {
        OnLag = OnLag,
        OnFailure = OnFailure,
        CapacityBytes = Pages * 4096,
        LeaveOpen = LeaveOpen,
    };

    /// <summary>Nothing leaves the pipe that it has not got, from the first byte to the last.</summary>
    internal bool HoldsBack => OnLag == TeeLag.Wait && (ClosesAfter is null || OnFailure == TeeFailure.Stop);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Kind} of {Pages} pages, {OnLag}, {OnFailure}, left open {LeaveOpen}, closes after {ClosesAfter}, " +
        $"reads {Reader.ChunkMax}, pauses {Reader.PausePercent}");
}

/// <param name="Seed">Of everything that the rest does not say.</param>
/// <param name="Bytes">How many go through the pipe.</param>
/// <param name="Pages">Its capacity.</param>
/// <param name="Writer">How they are written.</param>
/// <param name="DrainMax">The most drained by one call.</param>
/// <param name="AbandonedAfter">The pipe is closed once so many were drained; null: drained to the end.</param>
/// <param name="Targets">One to four.</param>
internal sealed record TeeCase(
    ulong Seed, int Bytes, int Pages, PeerScript Writer, int DrainMax, int? AbandonedAfter, TargetCase[] Targets)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"seed {Seed:x16}, {Bytes} bytes through {Pages} pages, chunks {Writer.ChunkMax}, pauses " +
        $"{Writer.PausePercent}, drains {DrainMax}, abandoned after {AbandonedAfter}, " +
        $"targets: {string.Join("; ", Targets.Select(target => target.ToString()))}");
}

internal static class TeeCases
{
    /// <summary>Not made simpler when one fails: on the real kernel a second run need not fail as the first did.
    /// </summary>
    public static Arbitrary<TeeCase> Any() => Arb.From(Gen.Choose(int.MinValue, int.MaxValue).Select(Make));

    private static TeeCase Make(int seed)
    {
        SimRandom random = new((ulong)seed);
        int bytes = random.Pick<int>([0, 1, 5000, 40_000, 150_000, 300_000]);
        bytes -= bytes > 1 ? random.Below(1000) : 0;
        TargetCase[] targets = new TargetCase[random.Between(1, 4)];
        for (int i = 0; i < targets.Length; i++)
        {
            targets[i] = MakeTarget(random, bytes);
        }

        return new TeeCase(
            random.Next(),
            bytes,
            random.Between(1, 16),
            new PeerScript(1, 0, bytes, random.Pick<int>([300, 3000, 20_000, 100_000]), Pauses(random), random.Next()),
            random.Pick<int>([1000, 5000, 30_000, 200_000]),
            bytes > 1 && random.Chance(15) ? random.Below(bytes) : null,
            targets);
    }

    private static TargetCase MakeTarget(SimRandom random, int bytes)
    {
        TargetKind kind = random.Pick<TargetKind>(
            [TargetKind.Pipe, TargetKind.Pipe, TargetKind.Pipe, TargetKind.Pipe, TargetKind.Socket, TargetKind.Stream]);
        bool closes = kind == TargetKind.Pipe && bytes > 1 && random.Chance(20);
        return new TargetCase(
            kind,
            random.Between(1, 16),
            random.Chance(25) ? TeeLag.Detach : TeeLag.Wait,
            random.Chance(30) ? TeeFailure.Stop : TeeFailure.Detach,
            random.Chance(25),
            closes ? random.Below(bytes) : null,
            new PeerScript(1, 0, 0, random.Pick<int>([500, 5000, 65536]), Pauses(random), random.Next()));
    }

    private static int Pauses(SimRandom random) => random.Pick<int>([0, 0, 3, 15]);
}

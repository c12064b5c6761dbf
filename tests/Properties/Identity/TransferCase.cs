// One case of the identity property, and what the model says must come of it.
using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Zerocopy.Properties.Simulation;

namespace Zerocopy.Properties.Identity;

internal sealed record TransferCase(
    ulong Seed, bool SourceIsUnix, bool DestinationIsUnix, int Bytes, int Prefix, long? Limit, int ChunkMax,
    int ReadMax, int PausePercent, bool IsAsync, bool Resets, int? ReaderDiesAfter)
{
    /// <summary>What is taken from the source; with a reset, at most that.</summary>
    internal long Consumed => Limit is { } limit ? Math.Min(limit, Bytes) : Bytes;

    /// <summary>The prefix goes first, whatever the limit.</summary>
    internal long Written => Prefix + Consumed;

    internal long? LimitRemaining => Limit - Consumed;

    internal TransferEnd End => Limit <= Bytes ? TransferEnd.LimitReached
        : Resets ? TransferEnd.SourceFailed : TransferEnd.EndOfStream;

    internal PeerScript Writer => new(1, Prefix, Bytes, ChunkMax, PausePercent, Seed);

    internal PeerScript Reader => new(1, 0, 0, ReadMax, PausePercent, Seed);

    internal TransferOptions Options(TransferMode mode) => new()
    {
        Mode = mode,
        LimitBytes = Limit,
        Prefix = SimContent.Memory(1, 0, Prefix),
        KeepUndelivered = true,
    };

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"seed {Seed:x16} {(SourceIsUnix ? "unix" : "tcp")} to {(DestinationIsUnix ? "unix" : "tcp")} " +
        $"{Bytes} bytes, prefix {Prefix}, limit {Limit}, chunks {ChunkMax}, reads {ReadMax}, " +
        $"pauses {PausePercent}, async {IsAsync}, resets {Resets}, dies after {ReaderDiesAfter}");
}

internal static class TransferCases
{
    /// <summary>Not made simpler when one fails: on the real kernel a second run need not fail as the first did.
    /// </summary>
    public static Arbitrary<TransferCase> Any() => Arb.From(Gen.Choose(int.MinValue, int.MaxValue).Select(Make));

    private static TransferCase Make(int seed)
    {
        SimRandom random = new((ulong)seed);
        int bytes = random.Pick<int>([0, 1, 300, 70_000, 400_000, 900_000, 900_000]);
        bytes -= bytes > 300 ? random.Below(1000) : 0;
        long? limit = random.Below(6) switch
        {
            0 => random.Between(0, Math.Max(bytes, 1)),
            1 => bytes,
            2 => bytes + random.Between(1, 5),
            _ => null,
        };
        bool sourceIsUnix = random.Chance(50);
        bool resets = !sourceIsUnix && limit is null && random.Chance(20);
        return new TransferCase(
            random.Next(),
            sourceIsUnix,
            random.Chance(50),
            bytes,
            random.Chance(30) ? random.Between(1, random.Pick<int>([10, 100_000])) : 0,
            limit,
            random.Pick<int>([2000, 65536, 300_000, 300_000]),
            random.Pick<int>([3000, 65536, 300_000]),
            random.Pick<int>([0, 0, 3, 20]),
            random.Chance(60),
            resets,
            !resets && limit != 0 && bytes > 100_000 && random.Chance(15) ? random.Below(100_000) : null);
    }
}

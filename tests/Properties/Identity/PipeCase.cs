// One case of the identity property with a pipe at one end or at both, and what the model says must come of it.
using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Zerocopy.Properties.Simulation;

namespace Zerocopy.Properties.Identity;

/// <summary>What stands at one end.</summary>
internal enum EndKind
{
    Tcp,
    Unix,
    Pipe,
    Stream,
}

/// <param name="Seed">Of everything that the rest does not say.</param>
/// <param name="From">The source.</param>
/// <param name="To">The destination.</param>
/// <param name="Bytes">How many the source has.</param>
/// <param name="Prefix">How many go before them.</param>
/// <param name="Limit">The most that is taken.</param>
/// <param name="ChunkMax">The most written at once.</param>
/// <param name="ReadMax">The most read at once.</param>
/// <param name="PausePercent">Percent of calls of the other sides with a pause before them.</param>
/// <param name="IsAsync">No thread waits.</param>
/// <param name="FromPages">Capacity of a source that is a pipe; 0: as the kernel likes.</param>
/// <param name="ToPages">The same of a destination.</param>
/// <param name="UsesPipe">By the pipe's own methods, where there is nothing to say but source and destination.</param>
internal sealed record PipeCase(
    ulong Seed, EndKind From, EndKind To, int Bytes, int Prefix, long? Limit, int ChunkMax, int ReadMax,
    int PausePercent, bool IsAsync, int FromPages, int ToPages, bool UsesPipe)
{
    internal long Consumed => Limit is { } limit ? Math.Min(limit, Bytes) : Bytes;

    internal long Written => Prefix + Consumed;

    internal long? LimitRemaining => Limit - Consumed;

    internal TransferEnd End => Limit <= Bytes ? TransferEnd.LimitReached : TransferEnd.EndOfStream;

    internal bool HasStream => From == EndKind.Stream || To == EndKind.Stream;

    /// <summary>Nothing but a source and a destination is said.</summary>
    internal bool IsPlain => Prefix == 0 && Limit is null;

    internal PeerScript Writer => new(1, Prefix, Bytes, ChunkMax, PausePercent, Seed);

    internal PeerScript Reader => new(1, 0, 0, ReadMax, PausePercent, Seed);

    /// <summary>Reads what a limit has left in the source.</summary>
    internal PeerScript RestReader => new(1, Prefix + Consumed, 0, 65536, 0, Seed);

    internal TransferOptions Options(TransferMode mode) => new()
    {
        Mode = mode,
        LimitBytes = Limit,
        Prefix = SimContent.Memory(1, 0, Prefix),
        KeepUndelivered = true,
    };

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"seed {Seed:x16} {From} of {FromPages} pages to {To} of {ToPages} pages, {Bytes} bytes, prefix {Prefix}, " +
        $"limit {Limit}, chunks {ChunkMax}, reads {ReadMax}, pauses {PausePercent}, async {IsAsync}, " +
        $"pipe's methods {UsesPipe}");
}

internal static class PipeCases
{
    private static readonly (EndKind From, EndKind To)[] s_places =
    [
        (EndKind.Pipe, EndKind.Tcp), (EndKind.Tcp, EndKind.Pipe), (EndKind.Pipe, EndKind.Unix),
        (EndKind.Unix, EndKind.Pipe), (EndKind.Pipe, EndKind.Pipe), (EndKind.Pipe, EndKind.Pipe),
        (EndKind.Pipe, EndKind.Stream), (EndKind.Stream, EndKind.Pipe),
    ];

    /// <summary>Not made simpler when one fails: on the real kernel a second run need not fail as the first did.
    /// </summary>
    public static Arbitrary<PipeCase> Any() => Arb.From(Gen.Choose(int.MinValue, int.MaxValue).Select(Make));

    private static PipeCase Make(int seed)
    {
        SimRandom random = new((ulong)seed);
        int bytes = random.Pick<int>([0, 1, 300, 4096, 70_000, 400_000, 700_000]);
        bytes -= bytes > 300 ? random.Below(1000) : 0;
        long? limit = random.Below(6) switch
        {
            0 => random.Between(0, Math.Max(bytes, 1)),
            1 => bytes,
            2 => bytes + random.Between(1, 5),
            _ => null,
        };
        (EndKind from, EndKind to) = random.Pick<(EndKind, EndKind)>(s_places);
        return new PipeCase(
            random.Next(),
            from,
            to,
            bytes,
            random.Chance(30) ? random.Between(1, random.Pick<int>([10, 5000, 100_000])) : 0,
            limit,
            random.Pick<int>([700, 4096, 65536, 300_000]),
            random.Pick<int>([3000, 65536, 300_000]),
            random.Pick<int>([0, 0, 3, 10]),
            random.Chance(60),
            random.Pick<int>([0, 0, 1, 2, 16, 64]),
            random.Pick<int>([0, 0, 1, 2, 16, 64]),
            random.Chance(50));
    }
}

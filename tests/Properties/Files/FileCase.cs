// One case of the identity property with a file at one end or at both, and what the model says must come of it.
using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Zerocopy.Properties.Simulation;

namespace Zerocopy.Properties.Files;

/// <summary>What stands at one end.</summary>
internal enum FileEndKind
{
    File,
    Tcp,
    Unix,
    Pipe,
    Stream,
}

/// <summary>How a file is given to the library.</summary>
internal enum FileForm
{
    /// <summary>A FileStream, at its position.</summary>
    Stream,

    /// <summary>A handle, at the kernel's position.</summary>
    Handle,

    /// <summary>A handle and an offset; the kernel's position stays.</summary>
    HandleAt,
}

/// <summary>A file at one end.</summary>
/// <param name="Form">How it is given.</param>
/// <param name="InMemory">On tmpfs.</param>
/// <param name="Offset">Where the transfer begins.</param>
/// <param name="BufferBytes">Of the stream.</param>
/// <param name="Touches">The stream is read or written before and afterwards.</param>
internal sealed record FilePlace(FileForm Form, bool InMemory, int Offset, int BufferBytes, bool Touches);

/// <param name="Seed">Of everything that the rest does not say.</param>
/// <param name="From">The source.</param>
/// <param name="To">The destination.</param>
/// <param name="FromFile">Of a source that is a file.</param>
/// <param name="ToFile">Of a destination that is a file.</param>
/// <param name="Bytes">How many the source has.</param>
/// <param name="IsSparse">All but the first and the last of them are a hole.</param>
/// <param name="OldBytes">How many the destination's file has already.</param>
/// <param name="Prefix">How many go before them.</param>
/// <param name="Limit">The most that is taken.</param>
/// <param name="ChunkMax">The most written or read at once by the other sides.</param>
/// <param name="PausePercent">Percent of their calls with a pause before them.</param>
/// <param name="IsAsync">No thread waits.</param>
/// <param name="SharesPages">From a file to a pipe by reference.</param>
internal sealed record FileCase(
    ulong Seed, FileEndKind From, FileEndKind To, FilePlace FromFile, FilePlace ToFile, int Bytes, bool IsSparse,
    int OldBytes, int Prefix, long? Limit, int ChunkMax, int PausePercent, bool IsAsync, bool SharesPages)
{
    internal int Consumed => (int)Math.Min(Limit ?? Bytes, Bytes);

    internal int Written => Prefix + Consumed;

    internal long? LimitRemaining => Limit - Consumed;

    internal TransferEnd End => Limit <= Bytes ? TransferEnd.LimitReached : TransferEnd.EndOfStream;

    /// <summary>True if there is a route on which no byte passes through the process.</summary>
    internal bool HasRoute => Platform.HasKernel && From != FileEndKind.Stream && To != FileEndKind.Stream
        && (From != FileEndKind.File || To != FileEndKind.Pipe || SharesPages);

    /// <summary>Two file systems: what a kernel can do between them differs.</summary>
    internal bool IsAcross => From == FileEndKind.File && To == FileEndKind.File
        && FromFile.InMemory != ToFile.InMemory;

    internal byte[] Content()
    {
        byte[] bytes = new byte[Bytes];
        if (IsSparse)
        {
            (bytes[0], bytes[^1]) = ((byte)'h', (byte)'t');
            return bytes;
        }

        const int Step = 1 << 19;
        for (int done = 0; done < Bytes; done += Step)
        {
            SimContent.At(1, done, Math.Min(Step, Bytes - done)).CopyTo(bytes.AsSpan(done));
        }

        return bytes;
    }

    internal byte[] Expected()
        => [.. SimContent.At(2, 0, Prefix), .. Content().AsSpan(0, Consumed)];

    internal TransferOptions Options(TransferMode mode) => new()
    {
        Mode = mode,
        LimitBytes = Limit,
        Prefix = SimContent.Memory(2, 0, Prefix),
        KeepUndelivered = true,
        ShareFilePages = SharesPages,
    };

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"seed {Seed:x16} {From} {FromFile} to {To} {ToFile}, {Bytes} bytes, sparse {IsSparse}, old {OldBytes}, " +
        $"prefix {Prefix}, limit {Limit}, chunks {ChunkMax}, pauses {PausePercent}, async {IsAsync}, " +
        $"shares {SharesPages}");
}

internal static class FileCases
{
    private const int Page = 4096;

    private static readonly (FileEndKind From, FileEndKind To)[] s_pairs =
    [
        (FileEndKind.File, FileEndKind.File), (FileEndKind.File, FileEndKind.File),
        (FileEndKind.File, FileEndKind.Tcp), (FileEndKind.File, FileEndKind.Unix),
        (FileEndKind.File, FileEndKind.Pipe), (FileEndKind.File, FileEndKind.Stream),
        (FileEndKind.Tcp, FileEndKind.File), (FileEndKind.Unix, FileEndKind.File),
        (FileEndKind.Pipe, FileEndKind.File), (FileEndKind.Stream, FileEndKind.File),
    ];

    /// <summary>Not made simpler when one fails: on the real kernel a second run need not fail as the first did.
    /// </summary>
    public static Arbitrary<FileCase> Any() => Arb.From(Gen.Choose(int.MinValue, int.MaxValue).Select(Make));

    private static FileCase Make(int seed)
    {
        SimRandom random = new((ulong)seed);
        int bytes = random.Pick<int>(
            [0, 1, Page - 1, Page, Page + 1, 65_536, 300_000, 300_000, 900_000, 5 << 20]);
        bytes -= bytes is 300_000 or 900_000 ? random.Below(1000) : 0;
        long? limit = random.Below(6) switch
        {
            0 => random.Between(0, Math.Max(bytes, 1)),
            1 => bytes,
            2 => bytes + random.Between(1, 5),
            _ => null,
        };
        (FileEndKind from, FileEndKind to) = random.Pick<(FileEndKind, FileEndKind)>(s_pairs);
        return new FileCase(
            random.Next(),
            from,
            to,
            MakePlace(random),
            MakePlace(random),
            bytes,
            bytes > Page && from == FileEndKind.File && random.Chance(25),
            random.Pick<int>([0, 0, 1, Page, 200_000]),
            random.Chance(30) ? random.Between(1, random.Pick<int>([10, 100_000])) : 0,
            limit,
            random.Pick<int>([700, 4096, 65536, 300_000]),
            random.Pick<int>([0, 0, 0, 3]),
            random.Chance(60),
            random.Chance(40));
    }

    private static FilePlace MakePlace(SimRandom random) => new(
        random.Pick<FileForm>([FileForm.Stream, FileForm.Stream, FileForm.Handle, FileForm.HandleAt]),
        random.Chance(50),
        random.Pick<int>([0, 0, 1, 100, Page, 70_001]),
        random.Pick<int>([0, 1, Page, 1 << 20]),
        random.Chance(50));
}

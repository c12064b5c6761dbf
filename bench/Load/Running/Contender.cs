using Zerocopy.Bench.Load.Children;

namespace Zerocopy.Bench.Load.Running;

/// <summary>Something to measure: a relay process, or none.</summary>
/// <param name="Name">In the results.</param>
/// <param name="Kind">What the relay process runs; null: no relay.</param>
/// <param name="Program">Another build of this program, whose relay it is; null: this one's.</param>
internal sealed record Contender(string Name, string? Kind, string? Program = null)
{
    internal const string Subject = "zerocopy";
    internal const string Again = "again";
    internal const string Against = "against";
    internal const string CopyOnly = "copyonly";
    internal const string CopyOnlyAgain = "copyonly-again";
    internal const string NetworkStream = "netstream";
    internal const string Direct = "direct";
    internal const string ReadWrite = "readwrite";
    internal const string Plain = "plain";
    internal const string PlainAgain = "plain-again";
    internal const string Detach = "detach";
    internal const string Wait = "wait";

    /// <summary>Subject and baseline twice each: what differs between two that are the same is noise.</summary>
    internal static Contender[] All { get; } =
    [
        new(Subject, RelayKind.Zerocopy),
        new(Again, RelayKind.Zerocopy),
        new(CopyOnly, RelayKind.CopyOnly),
        new(CopyOnlyAgain, RelayKind.CopyOnly),
        new(NetworkStream, RelayKind.NetworkStream),
        new(Direct, null),
    ];

    /// <summary>Who takes part in throughput and latency: everybody, or the library against another build of
    /// it.</summary>
    internal static Contender[] Of(RunOptions options)
        => options.Against is { } program ? [.. All[..2], new(Against, RelayKind.Zerocopy, program)] : All;

    /// <summary>First the one that others are compared with, then the same once more, then the others.</summary>
    internal static string[] InOrder(IEnumerable<string> names)
    {
        string[] first = [Subject, Plain, Again, PlainAgain];
        string[] all = [.. names.Distinct().Order(StringComparer.Ordinal)];
        return [.. first.Intersect(all), .. all.Except(first)];
    }

    /// <summary>It is there for the comparison with its twin alone.</summary>
    internal static bool IsTwin(string name) => name is Again or CopyOnlyAgain;

    /// <summary>All names of what is the same.</summary>
    internal static string[] WithTwin(string name) => name switch
    {
        Subject => [Subject, Again],
        CopyOnly => [CopyOnly, CopyOnlyAgain],
        Plain => [Plain, PlainAgain],
        _ => [name],
    };

    /// <summary>The relay counts its own bytes, by mechanism.</summary>
    internal bool Counts => Kind is RelayKind.Zerocopy or RelayKind.CopyOnly;
}

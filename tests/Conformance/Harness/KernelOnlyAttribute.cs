// What is left out when all tests run again where the kernel moves nothing (Zerocopy.CopyOnly), and why.
using Xunit;
using Xunit.v3;

namespace Zerocopy.Conformance.Harness;

/// <summary>The reasons. What is not about a mechanism or a cost is a difference that users see.</summary>
public enum Why
{
    /// <summary>It asks which mechanism moved the bytes, changes what the kernel answers, or counts descriptors of the
    /// kernel's pipes and loops.</summary>
    Mechanism,

    /// <summary>It is about system calls, C headers, packages or programs of their own, which the switch does not
    /// change.</summary>
    NotTheLibrary,

    /// <summary>It measures memory or time, or repeats what another test does with a gigabyte.</summary>
    Cost,

    /// <summary>See <see cref="KernelOnlyAttribute.Differences"/>.</summary>
    Memory,

    /// <summary>See <see cref="KernelOnlyAttribute.Differences"/>.</summary>
    BlockingHandle,

    /// <summary>See <see cref="KernelOnlyAttribute.Differences"/>.</summary>
    UnixHangUp,

    /// <summary>See <see cref="KernelOnlyAttribute.Differences"/>.</summary>
    DisposeResets,

    /// <summary>See <see cref="KernelOnlyAttribute.Differences"/>.</summary>
    Words,
}

/// <summary>Only where the kernel moves bytes.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class KernelOnlyAttribute(Why why) : Attribute, ITraitAttribute
{
    /// <summary>The trait that the run leaves out, see eng/check.sh; of a row it is set where the row is.</summary>
    public const string Trait = "KernelOnly";

    /// <summary>What users see of the reasons, as docs/concepts.md has it.</summary>
    internal static (Why Why, string Sentence)[] Differences { get; } =
    [
        (Why.Mechanism, "The route is `ReadWrite`, every byte is counted in `BytesBuffered`, and `RequireZeroCopy` is "
            + "refused."),
        (Why.Cost, "Calls allocate, and an idle one wakes a few times a second."),
        (Why.Memory, "Past the budget of memory a connection that waits keeps a small block, where the kernel would "
            + "let its bytes be peeked."),
        (Why.BlockingHandle, "A pipe, terminal or device that is given as a blocking handle is read and written as a "
            + "`FileStream` does it: a wait takes a thread, and a sync call is not interrupted."),
        (Why.UnixHangUp, "That the peer of a unix socket closes after it has ended its stream is noticed at the next "
            + "write."),
        (Why.DisposeResets, "A TCP socket that is disposed while a call waits with it resets its connection, as .NET "
            + "has it."),
        (Why.Words, "Where it was a stream of .NET that found an error, as at a pipe that others made, `Error` is 0, "
            + "its exception is the inner one, and the words are its."),
    ];

    public Why Why { get; } = why;

    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits()
        => [KeyValuePair.Create(Trait, Why.ToString())];
}

internal static class KernelOnlyRows
{
    /// <summary>The same of one row.</summary>
    internal static TheoryDataRow<T> KernelOnly<T>(this TheoryDataRow<T> row, Why why)
        => row.WithTrait(KernelOnlyAttribute.Trait, why.ToString());
}

// The one thing that goes wrong for a direction, at a call of its own choice, so that every result is met.
using Zerocopy.Sys;

namespace Zerocopy.Properties.Simulation;

internal enum MishapKind
{
    /// <summary>The kernel refuses to splice this pair, from here on.</summary>
    Refusal,

    /// <summary>No memory, for this call.</summary>
    NoMemory,

    /// <summary>The source's peer resets the connection.</summary>
    SourceReset,

    /// <summary>The destination's peer resets the connection, or is gone.</summary>
    DestinationReset,

    /// <summary>This process closes the source, or the destination.</summary>
    SourceClosed,
    DestinationClosed,

    /// <summary>tee(2), or a write to a target, fails.</summary>
    TargetFailed,

    /// <summary>This process closes a target, as soon as the turn is over.</summary>
    TargetClosed,

    /// <summary>Canceled, as soon as the turn is over.</summary>
    Canceled,
}

/// <param name="Call">At which call.</param>
/// <param name="After">How many of them go well before.</param>
/// <param name="Kind">What happens.</param>
/// <param name="Error">With which error, where it has one.</param>
internal sealed record Mishap(string Call, int After, MishapKind Kind, Errno Error)
{
    // Calls that few flows reach, and kinds that need several conditions to show, are picked more often.
    private static readonly string[] s_calls =
    [
        "recv", "recv", "recvmsg", "recvmsg", "send", "send", "send", "death", "death",
        "peek", "peek", "peek", "peek", "peek", "peek", "look", "look", "look", "look",
        "take", "take", "take", "take", "take", "take",
        "splice in", "splice in", "splice in", "splice in", "splice in", "splice out", "splice out", "splice out",
    ];

    private static readonly MishapKind[] s_kinds =
    [
        MishapKind.Refusal, MishapKind.Refusal, MishapKind.NoMemory, MishapKind.NoMemory,
        MishapKind.SourceReset, MishapKind.SourceReset,
        MishapKind.DestinationReset, MishapKind.SourceClosed, MishapKind.SourceClosed, MishapKind.DestinationClosed,
        MishapKind.Canceled,
    ];

    /// <summary>Which kind of source reaches that call.</summary>
    internal bool? SourceIsUnix => Call switch { "recv" or "peek" => false, "recvmsg" => true, _ => null };

    internal PeerStyle SourceStyle
        => Call is "splice in" or "splice out" ? PeerStyle.Large : Call == "peek" ? PeerStyle.Marked : PeerStyle.Any;

    internal TransferMode? Mode
        => Call switch
        {
            "splice in" or "splice out" => TransferMode.Auto,
            "peek" => TransferMode.RequireZeroCopy,
            "recv" or "recvmsg" or "look" or "take" => TransferMode.CopyOnly,
            _ => null,
        };

    internal static Mishap Pick(SimRandom random)
    {
        MishapKind kind = random.Pick<MishapKind>(s_kinds);
        string call = random.Pick<string>(kind == MishapKind.Refusal ? ["splice in", "splice out"] : s_calls);
        Errno error = kind switch
        {
            MishapKind.Refusal => random.Pick<Errno>(
                [Errno.EINVAL, Errno.ENOSYS, Errno.EPERM, Errno.EOPNOTSUPP, Errno.EXDEV]),
            MishapKind.NoMemory when call is "send" or "splice out"
                => random.Pick<Errno>([Errno.ENOMEM, Errno.ENOBUFS]),
            MishapKind.NoMemory => Errno.ENOMEM,
            MishapKind.SourceReset => random.Pick<Errno>([Errno.ECONNRESET, Errno.ETIMEDOUT]),
            _ => random.Pick<Errno>([Errno.ECONNRESET, Errno.EPIPE, Errno.ETIMEDOUT]),
        };
        return new Mishap(call, random.Below(random.Pick<int>([1, 3, 20])), kind, error);
    }

    /// <summary>For a flow with a pipe of the user's, with tees or with a mirror.</summary>
    internal static Mishap PickForPipes(SimRandom random, ScheduleKind kind)
    {
        bool hasTargets = kind != ScheduleKind.Pipe;
        MishapKind what = random.Pick<MishapKind>(hasTargets
            ? [.. s_kinds, .. Enumerable.Repeat(MishapKind.TargetFailed, 4), MishapKind.TargetClosed]
            : [.. s_kinds, MishapKind.SourceReset, MishapKind.DestinationClosed, MishapKind.DestinationClosed]);
        string[] calls = what switch
        {
            MishapKind.Refusal => ["splice direct", "splice direct", "splice in", "splice out"],
            MishapKind.TargetFailed => ["tee", "write target"],
            MishapKind.NoMemory => ["splice direct", "read pipe", "write pipe", "splice in", "splice out"],
            MishapKind.SourceClosed => ["read pipe", "read pipe", "read pipe", "splice direct"],
            MishapKind.DestinationClosed => ["splice direct", "splice direct", "splice out", "write pipe"],
            _ => ["splice direct", "splice direct", "read pipe", "write pipe", "splice in", "splice out", "tee"],
        };
        Errno error = what switch
        {
            MishapKind.Refusal => random.Pick<Errno>([Errno.EINVAL, Errno.ENOSYS, Errno.EPERM]),
            MishapKind.TargetFailed => random.Pick<Errno>([Errno.EINVAL, Errno.ENOMEM, Errno.EPERM]),
            MishapKind.NoMemory => Errno.ENOMEM,
            _ => random.Pick<Errno>([Errno.ECONNRESET, Errno.ETIMEDOUT, Errno.ETIMEDOUT]),
        };
        return new Mishap(random.Pick<string>(calls), random.Below(random.Pick<int>([1, 3, 20])), what, error);
    }
}

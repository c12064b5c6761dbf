// What a misbehaving stream does at one of its calls, once or again and again.
using Zerocopy.Properties.Simulation;

namespace Zerocopy.Properties.Hostile;

internal enum Mischief
{
    /// <summary>As a stream should: at once.</summary>
    None,

    /// <summary>As a stream should: later, on another thread.</summary>
    Later,

    /// <summary>Throws, in the call.</summary>
    Throws,

    /// <summary>Its task fails.</summary>
    ThrowsLater,

    /// <summary>Says that it has read more than it was asked for.</summary>
    SaysMore,

    /// <summary>The same, later.</summary>
    SaysMoreLater,

    /// <summary>Says that it has read less than nothing.</summary>
    SaysNegative,

    /// <summary>Ends, although it has more, and gives it if it is asked again.</summary>
    Ends,

    /// <summary>Goes on until it is cancelled.</summary>
    WaitsForCancel,

    /// <summary>Does not heed its cancellation, and scribbles over its buffer long after everybody has left.</summary>
    IsLate,

    /// <summary>Its task calls back too early and twice.</summary>
    CallsBackOften,

    /// <summary>Its task throws when it is asked whether it is over.</summary>
    StatusThrows,

    /// <summary>Its task throws when it is told whom to call back.</summary>
    RegistrationThrows,

    /// <summary>A callback that it registers with its token throws.</summary>
    CancelThrows,

    /// <summary>Cancels the transfer that it is part of.</summary>
    Cancels,

    /// <summary>Disposes itself, and goes on.</summary>
    DisposesItself,

    /// <summary>Makes a transfer of its own from within the call.</summary>
    Reenters,

    /// <summary>Says from now on that it can do nothing, or throws when it is asked.</summary>
    Denies,
}

internal static class Mischiefs
{
    private static readonly Mischief[] s_all = Enum.GetValues<Mischief>();

    internal static Mischief Pick(SimRandom random) => random.Pick<Mischief>(s_all);

    /// <summary>What it throws: one of those that nobody expects.</summary>
    internal static Exception Exception(SimRandom random) => random.Below(6) switch
    {
#pragma warning disable CA2201 // The runtime's own is one of them.
        0 => new OutOfMemoryException("scripted"),
#pragma warning restore CA2201
        1 => new OperationCanceledException("scripted"),
        2 => new InvalidTimeZoneException("scripted"),
        3 => new AggregateException(new IOException("scripted")),
        4 => new UnauthorizedAccessException("scripted"),
        _ => new IOException("scripted"),
    };
}

namespace Zerocopy;

/// <summary>What can be closed, or come to be worth a try, without that any event tells: a watchdog looks at
/// it.</summary>
/// <remarks>Its places there belong to the watchdog.</remarks>
internal abstract class Watched
{
    internal Watched? Next { get; set; }

    internal Watched? Previous { get; set; }

    internal bool IsInTurn { get; set; }

    internal bool IsWatched => Next is not null;

    /// <summary>Looks at it, and tells whoever waits for it. On the watchdog's thread; must not block.</summary>
    internal abstract void LookAtIt();
}

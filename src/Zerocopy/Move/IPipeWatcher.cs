namespace Zerocopy;

/// <summary>Wants to know of every change of a pipe in memory.</summary>
internal interface IPipeWatcher
{
    /// <summary>Bytes came or went, or an end was closed. Any thread; must not block.</summary>
    void OnChange();
}

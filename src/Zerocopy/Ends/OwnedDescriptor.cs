using System.Diagnostics;

namespace Zerocopy;

/// <summary>A descriptor of our own, which one loop accepted or dialed and closes: no handle, no lease, and nobody else
/// who could close it.</summary>
/// <remarks>
/// <para>To use it on that loop is free: the close happens there too, between two turns. Whoever uses it elsewhere
/// holds it for as long, and the close waits for the last hold; otherwise the number would be another connection's by
/// then.</para>
/// <para>It is used again and again, so that a connection allocates nothing.</para>
/// </remarks>
internal sealed class OwnedDescriptor
{
    private const int Closing = int.MinValue; // A bit beside the count of holds.

    private IKernel? _kernel;
    private int _state = Closing;

    /// <summary>The number; valid on its loop until <see cref="Close"/>, elsewhere while held.</summary>
    internal int Raw { get; private set; } = -1;

    /// <summary>True from the close on. Any thread.</summary>
    internal bool IsClosing => Volatile.Read(ref _state) < 0;

    /// <summary>Takes over a descriptor that nobody else closes.</summary>
    internal void Open(IKernel kernel, int fd)
    {
        Debug.Assert(_state == Closing && fd >= 0);
        _kernel = kernel;
        Raw = fd;
        Volatile.Write(ref _state, 0);
    }

    /// <summary>Keeps the number from being closed. Any thread.</summary>
    /// <returns>False if it is too late.</returns>
    internal bool TryHold()
    {
        int seen = Volatile.Read(ref _state);
        while (seen >= 0)
        {
            int before = Interlocked.CompareExchange(ref _state, seen + 1, seen);
            if (before == seen)
            {
                return true;
            }

            seen = before;
        }

        return false;
    }

    /// <summary>Ends a hold; the last one after the close closes. Any thread.</summary>
    internal void Release()
    {
        int left = Interlocked.Decrement(ref _state);
        Debug.Assert((left & ~Closing) < int.MaxValue - 1, "a hold that nobody had");
        if (left == Closing)
        {
            CloseNow();
        }
    }

    /// <summary>Closes it, now or with the last hold. Once, by its loop.</summary>
    internal void Close()
    {
        int before = Interlocked.Or(ref _state, Closing);
        Debug.Assert(before >= 0, "closed twice");
        if (before == 0)
        {
            CloseNow();
        }
    }

    /// <summary>Gives the number to somebody else, who closes it.</summary>
    internal int Detach()
    {
        Debug.Assert(_state == 0, "held, or closed");
        int fd = Raw;
        _state = Closing;
        Raw = -1;
        return fd;
    }

    private void CloseNow()
    {
        int fd = Raw;
        Raw = -1;
        _kernel!.Close(fd);
    }
}

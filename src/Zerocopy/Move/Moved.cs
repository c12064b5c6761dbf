using System.Diagnostics;
using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>What one call moved: a count of bytes (0 is end of stream where the call reads), or an errno.</summary>
internal readonly struct Moved
{
    private readonly nint _raw;

    private Moved(nint raw, bool cut)
    {
        _raw = raw;
        Cut = cut;
    }

    internal static Moved WouldBlock => Failed((int)Errno.EAGAIN);

    internal bool IsError => _raw < 0;

    internal bool IsWouldBlock => _raw == -(int)Errno.EAGAIN;

    internal int Error => IsError ? (int)-_raw : 0;

    /// <summary>The read was cut short by something else than a lack of bytes (descriptors passed along).</summary>
    internal bool Cut { get; }

    internal int Count
    {
        get
        {
            Debug.Assert(!IsError);
            return (int)_raw;
        }
    }

    internal static Moved Bytes(int count, bool cut = false)
    {
        Debug.Assert(count >= 0);
        return new Moved(count, cut);
    }

    internal static Moved Failed(int error)
    {
        Debug.Assert(error > 0);
        return new Moved(-error, false);
    }

    internal static Moved FromRaw(nint raw, bool cut = false) => new(raw, cut);
}

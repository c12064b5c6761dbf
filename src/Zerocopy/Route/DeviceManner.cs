namespace Zerocopy;

/// <summary>How a device is read and written: what it is was asked, not guessed from its number.</summary>
internal enum DeviceManner : byte
{
    /// <summary>In whole blocks, after poll. What one call moves may be a packet (/dev/net/tun).</summary>
    Waits,

    /// <summary>In whole blocks, without asking: no call on it ever waits (/dev/null).</summary>
    NeverWaits,

    /// <summary>A little at a time, after poll.</summary>
    Terminal,
}

namespace Zerocopy;

/// <summary>Which mechanisms a transfer may use.</summary>
public enum TransferMode
{
    /// <summary>The kernel moves the bytes where it can and where that pays; small reads may be copied, and whatever
    /// the kernel refuses is copied. The default.</summary>
    Auto,

    /// <summary>Every byte is read into this process and written out again. The bytes are the same, only
    /// slower.</summary>
    CopyOnly,

    /// <summary>Every byte but the prefix is moved by the kernel. Where that is not possible the call is refused
    /// with <see cref="NotSupportedException"/> before a byte has moved.</summary>
    RequireZeroCopy,
}

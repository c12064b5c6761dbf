namespace Zerocopy;

/// <summary>Options of one target of a tee. Immutable; use <c>with</c> for a variation.</summary>
public sealed record TeeOptions
{
    internal const int CapacityDefault = 256 * 1024;

    internal static TeeOptions Default { get; } = new();

    /// <summary>What happens when the target does not keep up. Default <see cref="TeeLag.Wait"/>.</summary>
    public TeeLag OnLag
    {
        get;
        init => field = value is TeeLag.Wait or TeeLag.Detach
            ? value : throw ThrowHelper.OutOfRange(nameof(OnLag), value);
    }

    /// <summary>What happens when the target fails. Default <see cref="TeeFailure.Detach"/>.</summary>
    public TeeFailure OnFailure
    {
        get;
        init => field = value is TeeFailure.Detach or TeeFailure.Stop
            ? value : throw ThrowHelper.OutOfRange(nameof(OnFailure), value);
    }

    /// <summary>How many bytes the target may be behind before it does not keep up: the size of the pipe between it
    /// and the stream, which the kernel rounds up to a power of two pages and may refuse to make larger than
    /// <c>pipe-max-size</c>, usually 1 MiB. Small segments take a whole page each, so it may hold fewer. Not used
    /// where the target is itself a <see cref="Pipe"/>, which has its own. Default 256 KiB.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Zero or negative.</exception>
    public int CapacityBytes
    {
        get;
        init => field = value > 0 ? value : throw ThrowHelper.OutOfRange(nameof(CapacityBytes), value);
    } = CapacityDefault;

    /// <summary>False (the default): when the tee ends, the write end of a target that is a <see cref="Pipe"/> is
    /// closed, so that its reader sees the end. Other targets are never closed.</summary>
    public bool LeaveOpen { get; init; }
}

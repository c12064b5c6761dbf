namespace Zerocopy;

/// <summary>One target that gets every byte which leaves a <see cref="Pipe"/>: made by
/// <see cref="Pipe.Tee"/>.</summary>
/// <remarks>Thread-safe.</remarks>
/// <seealso href="https://man7.org/linux/man-pages/man2/tee.2.html">tee(2)</seealso>
public sealed class Tee
{
    private readonly TeeTarget _target;

    internal Tee(TeeTarget target) => _target = target;

    /// <summary>How many bytes the target got and why it ended. Never faults. For a target that is not a pipe it
    /// completes once the last byte is written there.</summary>
    public Task<TeeResult> Completion => _target.Completion;

    /// <summary>Bytes that were mirrored so far; those on their way to a target that is not a pipe included.</summary>
    public long BytesMirrored => _target.BytesMirrored;
}

namespace Zerocopy;

/// <summary>Where the bytes are that targets of a tee are to get: at the head of a pipe, or in memory.</summary>
internal interface ITeeHead
{
    /// <summary>True if bytes can be given from any place. tee(2) always begins at the head, so there a target that
    /// has some of it already must wait until that has left.</summary>
    bool CanSkip { get; }

    /// <summary>After would-block: the head itself has nothing to give; otherwise the target is full.</summary>
    bool IsDry { get; }

    /// <summary>Gives a target what it can take.</summary>
    /// <param name="target">Its index.</param>
    /// <param name="skip">How much it has already.</param>
    /// <param name="length">At most so many bytes after that.</param>
    /// <returns>Bytes; 0 if the stream is at its end; would-block; or the errno the target failed with.</returns>
    Moved Give(int target, int skip, int length);

    /// <summary>True if they got there by tee(2).</summary>
    bool IsTee { get; }

    /// <summary>True if the errno is no failure of the target: the call itself is refused, and the bytes can be given
    /// in another way.</summary>
    bool IsRefusal(int error);
}

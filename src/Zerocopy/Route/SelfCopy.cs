namespace Zerocopy;

/// <summary>A file that is copied into itself, by one handle or two.</summary>
internal static class SelfCopy
{
    /// <summary>Copies what is there now, and not the copy again.</summary>
    /// <param name="source">Where it is read.</param>
    /// <param name="destination">Where it is written.</param>
    /// <param name="limitBytes">How much is read at most.</param>
    /// <param name="prefixBytes">How much is written before.</param>
    /// <exception cref="ArgumentException">Bytes would be overwritten before they are read.</exception>
    internal static (Endpoint Source, Endpoint Destination) Prepare(
        in Endpoint source, in Endpoint destination, long? limitBytes, int prefixBytes)
    {
        if (source.FileId != destination.FileId)
        {
            return (source, destination);
        }

        Endpoint origin = source with { IsSelfCopy = true };
        long end = limitBytes is { } limit && limit < source.Size - source.Offset
            ? source.Offset + limit : source.Size;
        if (source.Stream is not null && ReferenceEquals(source.Stream, destination.Stream))
        {
            // One position for both: what is read from it is written behind.
            long behind = Math.Max(end, source.Offset);
            return (origin with { CanSplice = false }, destination with { Offset = behind, CanSplice = false });
        }

        // Ahead of where it is read, and before the end of what is still to be read. The prefix goes first.
        bool isTorn = !destination.Appends && source.Offset < end && destination.Offset < end
            && destination.Offset + prefixBytes > source.Offset;
        return !isTorn ? (origin, destination) : throw ThrowHelper.Argument(
            nameof(destination),
            $"the source's own file at {destination.Offset}, where bytes would be overwritten before they are read");
    }
}

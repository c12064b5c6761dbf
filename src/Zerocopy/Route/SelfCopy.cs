namespace Zerocopy;

/// <summary>A file that is copied into itself.</summary>
internal static class SelfCopy
{
    /// <summary>Copies what is there now, and not the copy again.</summary>
    internal static (Endpoint Source, Endpoint Destination) Prepare(in Endpoint source, in Endpoint destination)
    {
        if (source.Stream is not null && ReferenceEquals(source.Stream, destination.Stream))
        {
            return (source.AsStream(), destination.AsStream()); // One position for both: as reading and writing it do.
        }

        return (source with { IsSelfCopy = source.FileId == destination.FileId }, destination);
    }
}

namespace Zerocopy.Samples.Recorder;

/// <summary>How to record.</summary>
/// <param name="Path">The file of the first connection.</param>
/// <param name="PartBytes">A file that has so many bytes is followed by the next; null: one file a
/// connection.</param>
/// <param name="Append">Files that exist are continued, not refused.</param>
/// <param name="OnLag">What happens when the disk does not keep up.</param>
/// <param name="Mode">Whether the kernel may be used.</param>
/// <param name="Log">The line of a connection has times and names too.</param>
internal sealed record RecorderOptions(
    string Path, long? PartBytes, bool Append, TeeLag OnLag, TransferMode Mode, bool Log)
{
    /// <summary>How far the disk may be behind. A recording that ends when it is has as much as an ordinary user can
    /// get, for a disk takes its time now and then.</summary>
    internal int BehindBytes => OnLag == TeeLag.Detach ? 1024 * 1024 : 256 * 1024;
}

namespace Zerocopy;

/// <summary>The mechanism that was chosen for a pair of endpoints. Each gives way to reading and writing when the
/// kernel refuses it.</summary>
public enum TransferMechanism
{
    /// <summary>Bytes are read into this process and written out again.</summary>
    ReadWrite,

    /// <summary>splice(2) from the source into a pipe of the library, and from that pipe to the destination.</summary>
    SpliceThroughPipe,

    /// <summary>One splice(2): one of the endpoints is itself a pipe.</summary>
    Splice,

    /// <summary>sendfile(2) from a file to a socket.</summary>
    Sendfile,

    /// <summary>copy_file_range(2) between files.</summary>
    CopyFileRange,
}

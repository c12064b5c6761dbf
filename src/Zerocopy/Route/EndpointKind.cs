namespace Zerocopy;

/// <summary>What an endpoint is, as far as routes care.</summary>
internal enum EndpointKind : byte
{
    /// <summary>A connected TCP socket.</summary>
    TcpSocket,

    /// <summary>A connected unix stream socket.</summary>
    UnixSocket,

    /// <summary>Another connected stream socket (vsock, MPTCP), which is read and written only.</summary>
    OtherSocket,

    /// <summary>A pipe of the kernel, made by this library or by others.</summary>
    Pipe,

    /// <summary>A regular file.</summary>
    RegularFile,

    /// <summary>A terminal, a character or block device.</summary>
    Device,

    /// <summary>A pipe in memory.</summary>
    MemoryPipe,

    /// <summary>No descriptor, or one that must not be bypassed.</summary>
    Stream,

    /// <summary>A reader or writer of System.IO.Pipelines, or both.</summary>
    Pipeline,

    /// <summary>The caller's buffer.</summary>
    Memory,
}

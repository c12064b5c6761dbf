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

    /// <summary>A pipe of the kernel.</summary>
    Pipe,

    /// <summary>A regular file, as a destination.</summary>
    RegularFile,

    /// <summary>A pipe in memory.</summary>
    MemoryPipe,

    /// <summary>No descriptor, or one that must not be bypassed.</summary>
    Stream,

    /// <summary>The caller's buffer.</summary>
    Memory,
}

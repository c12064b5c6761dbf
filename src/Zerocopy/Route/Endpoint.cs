using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Zerocopy;

/// <summary>An endpoint whose kind has been judged.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Handle">The handle of its descriptor, of a pipe the read end's; null where there is none.</param>
/// <param name="Socket">The socket whose handle that is, if one was given.</param>
/// <param name="Stream">The stream that was given, also when it is seen through to its socket or file.</param>
/// <param name="CanSplice">Its descriptor can be spliced: it does not block, it is no file in append mode.</param>
/// <param name="WakesOnDispose">Disposing it disconnects it, so a lease may be held while parked.</param>
internal readonly record struct Endpoint(
    EndpointKind Kind, SafeHandle? Handle, Socket? Socket, Stream? Stream, bool CanSplice, bool WakesOnDispose)
{
    /// <summary>The pipe, in the kernel or in memory.</summary>
    internal PipeCore? Pipe { get; init; }

    /// <summary>The reader, the writer, or both.</summary>
    internal Pipeline? Pipeline { get; init; }

    /// <summary>Of a file: where the first byte is, or goes.</summary>
    internal long Offset { get; init; }

    /// <summary>Of a file: its size now.</summary>
    internal long Size { get; init; }

    /// <summary>Of a file: every write goes to its end (O_APPEND), which no call but write knows.</summary>
    internal bool Appends { get; init; }

    /// <summary>Of a file given by its handle alone: the kernel's position is moved along.</summary>
    internal bool MovesPosition { get; init; }

    /// <summary>Of a file: which one it is.</summary>
    internal (ulong Inode, uint Major, uint Minor) FileId { get; init; }

    /// <summary>Of a file that is copied into itself: what is there now is copied, and not the copy again.</summary>
    internal bool IsSelfCopy { get; init; }

    /// <summary>Of a device: how it is read and written.</summary>
    internal DeviceManner Manner { get; init; }

    /// <summary>Of a pipe of somebody else: it is in blocking mode.</summary>
    internal bool MayBlock { get; init; }

    /// <summary>The caller's buffer.</summary>
    internal Memory<byte> Memory { get; init; }

    /// <summary>True if a call on it may block, or if it is not the kernel that tells when it is ready: flows with such
    /// an end are at home on the thread pool.</summary>
    internal bool NeedsPool
        => !Platform.HasKernel
            || CallsProgram
            || Kind is EndpointKind.RegularFile or EndpointKind.Device or EndpointKind.MemoryPipe
            || (Kind == EndpointKind.Memory && ForeignMemory.Is(Memory));

    /// <summary>True if reading and writing it is code of the program.</summary>
    internal bool CallsProgram => Kind is EndpointKind.Stream or EndpointKind.Pipeline;

    /// <summary>True if no call on it waits for what another part of the program has yet to do.</summary>
    internal bool NeverWaitsForOthers
        => Kind is EndpointKind.RegularFile or EndpointKind.TcpSocket or EndpointKind.UnixSocket or EndpointKind.Pipe;

    /// <summary>The stream itself, not what is below it.</summary>
    internal Endpoint AsStream()
        => new(EndpointKind.Stream, null, null, Stream, CanSplice: false, WakesOnDispose: false);

    internal static Endpoint OfMemory(Memory<byte> memory)
        => new(EndpointKind.Memory, null, null, null, CanSplice: false, WakesOnDispose: false) { Memory = memory };
}

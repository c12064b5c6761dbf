using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Zerocopy;

/// <summary>Something that bytes can be moved from or to: a connected stream <see cref="Socket"/>, a
/// <see cref="TcpClient"/>, a <see cref="SafeHandle"/> of such a socket, a <see cref="Pipe"/>, a
/// <see cref="PipeReader"/> or <see cref="PipeWriter"/>, or any <see cref="Stream"/>. Converts implicitly from each of
/// them.</summary>
/// <remarks>Only exact types are seen through: a <see cref="NetworkStream"/> to its socket, anonymous and named pipe
/// streams to their descriptor, and a <see cref="FileStream"/> over a regular file to its file, whose
/// <see cref="FileStream.Position"/> is where the transfer begins and is right afterwards. A derived stream may
/// transform its bytes, so it is read and written as a <see cref="Stream"/>. The endpoint does not own what it names:
/// nothing is closed, shut down or disposed unless <see cref="RelayOptions.CloseEndpoints"/> says so.</remarks>
public readonly struct TransferEndpoint
{
    private TransferEndpoint(object? value, long offset = -1)
    {
        Value = value;
        Offset = offset;
    }

    internal object? Value { get; }

    /// <summary>Where in a file, or -1.</summary>
    internal long Offset { get; }

    /// <summary>A connected TCP or unix stream socket.</summary>
    /// <param name="socket">Not owned. It may stay in blocking mode: its sync calls go on working.</param>
    public static TransferEndpoint FromSocket(Socket? socket) => new(socket);

    /// <summary>Any stream. An exact <see cref="NetworkStream"/> stands for its socket.</summary>
    /// <param name="stream">Not owned.</param>
    public static TransferEndpoint FromStream(Stream? stream) => new(stream);

    /// <summary>A handle of a connected stream socket, a pipe's end, a FIFO, a device or a regular file; its kind is
    /// judged when it is used. Of standard input and output: <c>new SafeFileHandle(0, ownsHandle: false)</c>.</summary>
    /// <param name="handle">Not owned. Of a type of your own, its descriptor is duplicated for the time of the call, so
    /// that its release runs where you dispose it. A file is read or written from the kernel's position on, which moves
    /// along; for
    /// <see cref="File.OpenHandle"/>, also with <see cref="FileMode.Append"/>, that is its beginning.</param>
    public static TransferEndpoint FromHandle(SafeHandle? handle) => new(handle);

    /// <summary>A handle of a regular file, from an offset on.</summary>
    /// <param name="handle">Not owned. The kernel's position stays as it is.</param>
    /// <param name="offset">Bytes from the beginning of the file.</param>
    /// <exception cref="ArgumentOutOfRangeException">The offset is negative.</exception>
    public static TransferEndpoint FromHandle(SafeHandle? handle, long offset)
        => new(handle, offset >= 0 ? offset : throw ThrowHelper.OutOfRange(nameof(offset), offset));

    /// <summary>The socket of a connected client.</summary>
    /// <param name="client">Not owned.</param>
    public static TransferEndpoint FromTcpClient(TcpClient? client) => new(client);

    /// <summary>A pipe: as a source its read end, as a destination its write end.</summary>
    /// <param name="pipe">Not owned.</param>
    public static TransferEndpoint FromPipe(Pipe? pipe) => new(pipe?.Core);

    /// <summary>A reader of System.IO.Pipelines, as a source. Its bytes are written from where they are.</summary>
    /// <param name="reader">Not owned, and not completed. What was not taken stays in it.</param>
    public static TransferEndpoint FromPipeReader(PipeReader? reader)
        => new(reader is null ? null : new Pipeline(reader, writer: null));

    /// <summary>A writer of System.IO.Pipelines, as a destination. What a socket, pipe or file has is read into its
    /// memory, and flushed after each read, so that its back-pressure holds.</summary>
    /// <param name="writer">Not owned. Completed only by a <see cref="Relay"/>, which so passes on an end of
    /// stream.</param>
    public static TransferEndpoint FromPipeWriter(PipeWriter? writer)
        => new(writer is null ? null : new Pipeline(reader: null, writer));

    /// <summary>Both ends of a duplex pipe, for instance the <c>Transport</c> of a connection of Kestrel's. (An
    /// interface cannot convert by itself.)</summary>
    /// <param name="pipe">Not owned. Read from <see cref="IDuplexPipe.Input"/> and written to
    /// <see cref="IDuplexPipe.Output"/>.</param>
    public static TransferEndpoint FromDuplexPipe(IDuplexPipe? pipe)
        => new(pipe is null ? null : new Pipeline(pipe));

    /// <inheritdoc cref="FromSocket"/>
    public static implicit operator TransferEndpoint(Socket? socket) => FromSocket(socket);

    /// <inheritdoc cref="FromStream"/>
    public static implicit operator TransferEndpoint(Stream? stream) => FromStream(stream);

    /// <inheritdoc cref="FromHandle(SafeHandle?)"/>
    public static implicit operator TransferEndpoint(SafeHandle? handle) => FromHandle(handle);

    /// <inheritdoc cref="FromTcpClient"/>
    public static implicit operator TransferEndpoint(TcpClient? client) => FromTcpClient(client);

    // Of the types that derive from these the common ones by name: F# converts no others.

    /// <inheritdoc cref="FromStream"/>
    public static implicit operator TransferEndpoint(NetworkStream? stream) => FromStream(stream);

    /// <inheritdoc cref="FromStream"/>
    public static implicit operator TransferEndpoint(FileStream? stream) => FromStream(stream);

    /// <inheritdoc cref="FromHandle(SafeHandle?)"/>
    public static implicit operator TransferEndpoint(SafeFileHandle? handle) => FromHandle(handle);

    /// <inheritdoc cref="FromPipe"/>
    public static implicit operator TransferEndpoint(Pipe? pipe) => FromPipe(pipe);

    /// <inheritdoc cref="FromPipeReader"/>
    public static implicit operator TransferEndpoint(PipeReader? reader) => FromPipeReader(reader);

    /// <inheritdoc cref="FromPipeWriter"/>
    public static implicit operator TransferEndpoint(PipeWriter? writer) => FromPipeWriter(writer);
}

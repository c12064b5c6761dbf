using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Zerocopy;

/// <summary>Judges what a user passed, before a byte moves; refuses what can never work, naming the parameter and
/// what it is.</summary>
internal static class EndpointResolver
{
    [Flags]
    internal enum Use
    {
        Read = 1,
        Write = 2,
    }

    internal static Endpoint Resolve(TransferEndpoint endpoint, Use use, string parameter)
    {
        switch (endpoint.Value)
        {
            case null:
                throw ThrowHelper.Null(parameter);
            case PipeCore pipe:
                return FromPipe(pipe, use, parameter);
            case TcpClient client:
                return FromSocket(client.Client ?? throw ThrowHelper.Disposed(parameter), null, parameter);
            case Socket socket:
                return FromSocket(socket, null, parameter);
            case NetworkStream network when network.GetType() == typeof(NetworkStream):
                RequireAccess(network, use, parameter);
                return FromSocket(network.Socket, network, parameter);
            case PipeReader reader:
                return (use & Use.Write) == 0 ? FromPipeline(reader, null)
                    : throw ThrowHelper.Argument(parameter, "a PipeReader, which cannot be written");
            case PipeWriter writer:
                return (use & Use.Read) == 0 ? FromPipeline(null, writer)
                    : throw ThrowHelper.Argument(parameter, "a PipeWriter, which cannot be read");
            case DuplexPipe duplex:
                (PipeReader input, PipeWriter output) = duplex.Ends(parameter);
                return FromPipeline(input, output);
            case Stream stream:
                RequireAccess(stream, use, parameter);
                if (stream is IPipeHolder holder)
                {
                    return FromPipe(holder.Core, use, parameter);
                }

                if (StreamProbe.TrySeeThrough(stream, use, parameter) is { } seen)
                {
                    return seen;
                }

                return new Endpoint(EndpointKind.Stream, null, null, stream, CanSplice: false, WakesOnDispose: false);
            default:
                return FromHandle((SafeHandle)endpoint.Value, endpoint.Offset, use, parameter);
        }
    }

    /// <summary>A pipe: as a source its read end, as a destination its write end.</summary>
    internal static Endpoint FromPipe(PipeCore pipe, Use use, string parameter)
    {
        if (((use & Use.Read) != 0 && pipe.IsReadClosed) || ((use & Use.Write) != 0 && pipe.IsWriteClosed))
        {
            throw ThrowHelper.Disposed(parameter);
        }

        return FromBranch(pipe);
    }

    /// <summary>A pipe that a tee fills. It may be closed already, by whoever empties it and has failed: that is for
    /// the flow to find, as EPIPE.</summary>
    internal static Endpoint FromBranch(PipeCore pipe) => pipe.IsKernelPipe
        ? new Endpoint(EndpointKind.Pipe, ((KernelPipe)pipe).ReadEnd, null, null, true, false) { Pipe = pipe }
        : new Endpoint(EndpointKind.MemoryPipe, null, null, null, false, false) { Pipe = pipe };

    private static Endpoint FromPipeline(PipeReader? reader, PipeWriter? writer)
        => new(EndpointKind.Pipeline, null, null, null, CanSplice: false, WakesOnDispose: false)
        {
            Reader = reader,
            Writer = writer,
        };

    private static void RequireAccess(Stream stream, Use use, string parameter)
    {
        bool canRead = stream.CanRead;
        bool canWrite = stream.CanWrite;
        if (!canRead && !canWrite)
        {
            throw ThrowHelper.Disposed(parameter);
        }

        if ((use & Use.Read) != 0 && !canRead)
        {
            throw ThrowHelper.Argument(parameter, $"a {stream.GetType().Name} that cannot be read");
        }

        if ((use & Use.Write) != 0 && !canWrite)
        {
            throw ThrowHelper.Argument(parameter, $"a {stream.GetType().Name} that cannot be written");
        }
    }

    private static Endpoint FromSocket(Socket socket, NetworkStream? network, string parameter)
    {
        if (socket.SafeHandle.IsClosed)
        {
            throw ThrowHelper.Disposed(parameter);
        }

        if (socket.SocketType != SocketType.Stream)
        {
            throw ThrowHelper.NotAStreamSocket(parameter, $"{socket.SocketType} socket");
        }

        EndpointKind kind = socket.AddressFamily switch
        {
            AddressFamily.InterNetwork or AddressFamily.InterNetworkV6
                when socket.ProtocolType is ProtocolType.Tcp or ProtocolType.Unspecified => EndpointKind.TcpSocket,
            AddressFamily.Unix => EndpointKind.UnixSocket,
            _ => EndpointKind.OtherSocket,
        };
        if (Platform.HasKernel)
        {
            return DescriptorProbe.PrepareSocket(kind, socket.SafeHandle, socket, network, parameter);
        }

        if (!socket.Connected && IsListening(socket, parameter))
        {
            throw ThrowHelper.Argument(parameter, "a listening socket; accept a connection and pass that");
        }

        return new Endpoint(kind, socket.SafeHandle, socket, network, CanSplice: false, WakesOnDispose: false);
    }

    private static bool IsListening(Socket socket, string parameter)
    {
        try
        {
            return socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.AcceptConnection) is not 0;
        }
        catch (ObjectDisposedException)
        {
            throw ThrowHelper.Disposed(parameter); // Just now, by another thread.
        }
    }

    private static Endpoint FromHandle(SafeHandle handle, long offset, Use use, string parameter)
    {
        if (handle.IsClosed || handle.IsInvalid)
        {
            throw handle.IsClosed
                ? ThrowHelper.Disposed(parameter) : ThrowHelper.Argument(parameter, "an invalid handle");
        }

        if (Platform.HasKernel)
        {
            return DescriptorProbe.Prepare(handle, offset, use, parameter);
        }

        if (handle is not SafeSocketHandle socketHandle)
        {
            return PlainProbe.Prepare(handle, offset, use, parameter);
        }

        return offset < 0
            ? FromSocket(SocketView.Over(socketHandle), null, parameter)
            : throw ThrowHelper.Argument(parameter, "a socket, which has no offsets");
    }
}

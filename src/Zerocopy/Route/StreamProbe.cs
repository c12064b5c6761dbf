using System.IO.Pipes;
using System.Runtime.InteropServices;
using Use = Zerocopy.EndpointResolver.Use;

namespace Zerocopy;

/// <summary>Streams of the base library that are nothing but a descriptor, seen through to it. Exact types only: a
/// derived stream may change its bytes.</summary>
internal static class StreamProbe
{
    /// <returns>Null if it must be read and written as a stream.</returns>
    internal static Endpoint? TrySeeThrough(Stream stream, Use use, string parameter) => stream switch
    {
        FileStream file when file.GetType() == typeof(FileStream) => TryFile(file, use, parameter),
        _ when !Platform.HasKernel => null, // .NET waits at a pipe of its own without a thread.
        AnonymousPipeServerStream pipe when pipe.GetType() == typeof(AnonymousPipeServerStream) =>
            OfPipe(pipe, pipe.SafePipeHandle, use, parameter),
        AnonymousPipeClientStream pipe when pipe.GetType() == typeof(AnonymousPipeClientStream) =>
            OfPipe(pipe, pipe.SafePipeHandle, use, parameter),
        NamedPipeServerStream { IsConnected: true } pipe when pipe.GetType() == typeof(NamedPipeServerStream) =>
            OfPipe(pipe, pipe.SafePipeHandle, use, parameter),
        NamedPipeClientStream { IsConnected: true } pipe when pipe.GetType() == typeof(NamedPipeClientStream) =>
            OfPipe(pipe, pipe.SafePipeHandle, use, parameter),
        _ => null,
    };

    private static Endpoint OfPipe(System.IO.Pipes.PipeStream stream, SafeHandle handle, Use use, string parameter)
        => DescriptorProbe.Prepare(handle, -1, use, parameter, stream);

    private static Endpoint? TryFile(FileStream stream, Use use, string parameter)
    {
        // A pipe or terminal below may have been read ahead, and that cannot be given back. Both ways at once (a relay)
        // means a device; its stream serves that.
        if (!stream.CanSeek || use == (Use.Read | Use.Write))
        {
            return null;
        }

        stream.Flush();
        SafeHandle handle;
        try
        {
            handle = stream.SafeFileHandle; // Drops what it had read ahead.
        }
        catch (IOException)
        {
            return null; // It believes that it can seek, as a regular file does, and cannot (tracefs).
        }

        Endpoint endpoint = OperatingSystem.IsLinux()
            ? DescriptorProbe.Prepare(handle, -1, use, parameter, stream)
            : PlainProbe.PrepareFile(handle, -1, use) with { Stream = stream };
        return endpoint.Kind == EndpointKind.RegularFile ? endpoint with { Offset = stream.Position } : null;
    }
}

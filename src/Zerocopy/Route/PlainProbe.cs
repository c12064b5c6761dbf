using System.Diagnostics.CodeAnalysis;
using System.IO.Pipes;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Zerocopy.Sys;
using Use = Zerocopy.EndpointResolver.Use;

namespace Zerocopy;

/// <summary>Judges a handle where .NET's own calls move everything. On Linux the kernel is asked what it is, as always;
/// elsewhere .NET is.</summary>
[SuppressMessage("Reliability", "CA2000", Justification = "Nothing here owns the descriptor: it is the caller's.")]
internal static class PlainProbe
{
    // One for each handle as long as it lives: .NET's engine takes a descriptor once.
    private static readonly ConditionalWeakTable<SafeHandle, SafeHandle> s_waiters = [];

    internal static Endpoint Prepare(SafeHandle handle, long offset, Use use, string parameter)
    {
        Endpoint endpoint = OperatingSystem.IsLinux()
            ? DescriptorProbe.Prepare(handle, offset, use, parameter) : PrepareFile(handle, offset, use);
        return endpoint.Kind switch
        {
            EndpointKind.RegularFile or EndpointKind.Stream => endpoint,
            EndpointKind.Pipe or EndpointKind.Device => AsStream(handle, use, endpoint.Kind == EndpointKind.Pipe),
            _ => endpoint with
            {
                Socket = SocketView.Over((SafeSocketHandle)s_waiters.GetValue(handle, SocketHandleOf)),
            },
        };
    }

    /// <summary>What .NET knows of a handle: whether it can seek, and then it is taken for a file.</summary>
    internal static Endpoint PrepareFile(SafeHandle handle, long offset, Use use)
    {
        FileStream view = View(handle, use);
        if (!view.CanSeek)
        {
            return AsStream(handle, use, isPipe: false); // Perhaps it is one; nobody tells.
        }

        // Which file it is nobody tells, so each is taken for the same: what is copied from file to file is what was
        // there at the start.
        return new Endpoint(EndpointKind.RegularFile, handle, null, null, CanSplice: false, WakesOnDispose: false)
        {
            Offset = offset >= 0 ? offset : view.Position,
            Size = view.Length,
            MovesPosition = offset < 0,
        };
    }

    internal static SafeFileHandle FileHandleOf(SafeHandle handle)
        => handle as SafeFileHandle ?? new SafeFileHandle(RawOf(handle), ownsHandle: false);

    internal static SafeSocketHandle SocketHandleOf(SafeHandle handle) => new(RawOf(handle), ownsHandle: false);

    /// <summary>Moves the position that the descriptor itself has.</summary>
    internal static void Seek(SafeHandle handle, long position)
    {
        FileStream view = View(handle, Use.Read);
        view.Position = position;
        _ = view.SafeFileHandle; // Now it is the descriptor's.
    }

    private static FileStream View(SafeHandle handle, Use use) => new(
        new SafeFileHandle(RawOf(handle), ownsHandle: false), AccessOf(use), bufferSize: 0);

    private static FileAccess AccessOf(Use use)
        => use == (Use.Read | Use.Write) ? FileAccess.ReadWrite
            : use == Use.Read ? FileAccess.Read : FileAccess.Write;

    /// <summary>Read and written as .NET does it: a pipe of its own, or one that does not block, without a thread that
    /// waits.</summary>
    private static Endpoint AsStream(SafeHandle handle, Use use, bool isPipe)
    {
        Stream stream = handle is SafePipeHandle || (isPipe && DescriptorProbe.IsNonBlocking(handle))
            ? new AnonymousPipeClientStream(
                use == Use.Read ? PipeDirection.In : PipeDirection.Out,
                handle as SafePipeHandle ?? (SafePipeHandle)s_waiters.GetValue(
                    handle, static handle => new SafePipeHandle(RawOf(handle), ownsHandle: false)))
            : new FileStream(FileHandleOf(handle), AccessOf(use), bufferSize: 0);
#pragma warning disable CA1816 // Its finalizer would close the caller's handle.
        GC.SuppressFinalize(stream);
#pragma warning restore CA1816
        return new Endpoint(EndpointKind.Stream, handle, null, stream, CanSplice: false, WakesOnDispose: false);
    }

    /// <summary>Its user holds a reference as long as it uses what this goes into.</summary>
    private static nint RawOf(SafeHandle handle)
    {
        if (!FdLease.TryAcquire(handle, out FdLease lease))
        {
            return -1;
        }

        using (lease)
        {
            return lease.Raw;
        }
    }
}

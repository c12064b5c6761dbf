using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;
using Use = Zerocopy.EndpointResolver.Use;

namespace Zerocopy;

/// <summary>A file's handle as a stream, for where the kernel may not be asked.</summary>
internal static class HandleStream
{
    /// <param name="handle">Stays the caller's.</param>
    /// <param name="offset">Where in the file; -1: at the handle's position.</param>
    /// <param name="use">Whether it is to be read or written.</param>
    [SuppressMessage("Reliability", "CA2000", Justification = "It must not be disposed: the handle is the caller's.")]
    internal static Endpoint Over(SafeFileHandle handle, long offset, Use use)
    {
        FileStream stream = new(handle, use == Use.Read ? FileAccess.Read : FileAccess.Write, bufferSize: 0);
#pragma warning disable CA1816 // Nor may its finalizer.
        GC.SuppressFinalize(stream);
#pragma warning restore CA1816
        if (offset >= 0)
        {
            stream.Position = offset;
        }

        return new Endpoint(EndpointKind.Stream, null, null, stream, CanSplice: false, WakesOnDispose: false);
    }
}

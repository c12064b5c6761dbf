using System.Runtime.InteropServices;
using Zerocopy.Sys;
using Use = Zerocopy.EndpointResolver.Use;

namespace Zerocopy;

/// <summary>Asks the kernel what a descriptor is that is no socket.</summary>
internal static class FileProbe
{
    /// <param name="handle">Leased by the caller.</param>
    /// <param name="fd">Its descriptor.</param>
    /// <param name="offset">Where in a file; -1: at the kernel's position, which is to move along.</param>
    /// <param name="use">Whether it is to be read or written.</param>
    /// <param name="parameter">What to call it in an error.</param>
    internal static Endpoint Prepare(SafeHandle handle, BorrowedFd fd, long offset, Use use, string parameter)
    {
        SysResult asked = Syscall.GetFileStatus(fd, out FileStatus status);
        if (asked.IsError)
        {
            throw ThrowHelper.Kernel("statx", (int)asked.Errno);
        }

        StatusFlags flags = RequireAccess(fd, use, parameter);
        if (offset >= 0 && status.Kind != FileKind.RegularFile)
        {
            throw ThrowHelper.Argument(parameter, $"a {status.Kind}, which has no offsets");
        }

        return status.Kind switch
        {
            FileKind.RegularFile => OfFile(handle, fd, offset, flags, use, status),
            FileKind.Fifo => new Endpoint(EndpointKind.Pipe, handle, null, null, CanSplice: true, false),
            FileKind.CharacterDevice or FileKind.BlockDevice =>
                new Endpoint(EndpointKind.Device, handle, null, null, CanSplice: false, false)
                {
                    NeverWaits = NeverWaits(status),
                },
            _ => throw ThrowHelper.Argument(
                parameter,
                $"a handle of a {status.Kind} (descriptor {fd.Raw}); only sockets, pipes, files and devices can move"),
        };
    }

    private static Endpoint OfFile(
        SafeHandle handle, BorrowedFd fd, long offset, StatusFlags flags, Use use, in FileStatus status)
    {
        // Asked at each call: anybody who shares the description can change it.
        bool appends = (flags & StatusFlags.Append) != 0 && (use & Use.Write) != 0; // Nobody reads at the end.
        SysResult position = offset >= 0 ? default : Syscall.Seek(fd, 0, SeekFrom.Current);
        return new Endpoint(EndpointKind.RegularFile, handle, null, null, CanSplice: true, WakesOnDispose: false)
        {
            Offset = offset >= 0 ? offset : position.IsError ? 0 : position.Value,
            Size = status.Size,
            Appends = appends,
            MovesPosition = offset < 0,
            FileId = (status.Inode, status.DeviceMajor, status.DeviceMinor),
        };
    }

    private static bool NeverWaits(in FileStatus device)
    {
        const int Memory = 1, Null = 3, Zero = 5, Full = 7, Random = 9; // /dev/urandom: the numbers are the kernel's.
        return device is { Kind: FileKind.CharacterDevice, SpecialMajor: Memory }
            && device.SpecialMinor is Null or Zero or Full or Random;
    }

    private static StatusFlags RequireAccess(BorrowedFd fd, Use use, string parameter)
    {
        const int AccessMask = 3;
        SysResult asked = Syscall.GetStatusFlags(fd);
        StatusFlags flags = asked.IsError ? default : (StatusFlags)(int)asked.Value;
        int access = (int)flags & AccessMask;
        return ((use & Use.Read) != 0 && access == (int)StatusFlags.WriteOnly)
            || ((use & Use.Write) != 0 && access == (int)StatusFlags.ReadOnly)
            ? throw ThrowHelper.Argument(
                parameter,
                $"a descriptor ({fd.Raw}) that is open for {(access == 0 ? "reading" : "writing")} only")
            : flags;
    }
}

using System.Runtime.InteropServices;
using Zerocopy.Sys;
using Use = Zerocopy.EndpointResolver.Use;

namespace Zerocopy;

/// <summary>Asks the kernel what a descriptor is that is no socket, and what it can do.</summary>
internal static class FileProbe
{
    /// <param name="handle">Leased by the caller.</param>
    /// <param name="fd">Its descriptor.</param>
    /// <param name="offset">Where in a file; -1: at the kernel's position, which is to move along.</param>
    /// <param name="use">Whether it is to be read or written.</param>
    /// <param name="parameter">What to call it in an error.</param>
    /// <param name="stream">The stream that was given, if one was: what nobody else knows how to read it does.</param>
    internal static Endpoint Prepare(
        SafeHandle handle, BorrowedFd fd, long offset, Use use, string parameter, Stream? stream)
    {
        SysResult asked = Syscall.GetFileStatus(fd, out FileStatus status);
        if (asked.IsError)
        {
            throw ThrowHelper.Kernel("fstat", (int)asked.Errno);
        }

        StatusFlags flags = RequireAccess(fd, use, parameter);
        SysResult position = status.Kind == FileKind.RegularFile ? Syscall.Seek(fd, 0, SeekFrom.Current) : default;
        bool cannotSeek = position.Errno == Errno.ESPIPE;
        if (offset >= 0 && (status.Kind != FileKind.RegularFile || cannotSeek))
        {
            string kind = status.Kind == FileKind.RegularFile ? "file that cannot seek" : $"{status.Kind}";
            throw ThrowHelper.Argument(parameter, $"a {kind}, which has no offsets");
        }

        return status.Kind switch
        {
            FileKind.RegularFile when cannotSeek => AsStream(handle, use, stream),
            FileKind.RegularFile when offset < 0 && Waits(fd, status, use) => OfDevice(handle, DeviceManner.Waits),
            FileKind.RegularFile =>
                OfFile(handle, offset >= 0 ? offset : position.IsError ? 0 : position.Value, flags, use, status) with
                {
                    MovesPosition = offset < 0,
                },
            FileKind.Fifo => new Endpoint(EndpointKind.Pipe, handle, null, null, CanSplice: true, false)
            {
                MayBlock = (flags & StatusFlags.NonBlocking) == 0,
            },
            FileKind.CharacterDevice or FileKind.BlockDevice => OfDevice(handle, MannerOf(fd, status)),
            _ when stream is not null => AsStream(handle, use, stream),
            FileKind.Unknown => throw ThrowHelper.Argument(
                parameter,
                $"a handle of the kernel's own (descriptor {fd.Raw}: inotify, eventfd, timerfd or their like); only " +
                "sockets, pipes, files and devices can move. Pass a stream that reads it"),
            _ => throw ThrowHelper.Argument(
                parameter,
                $"a handle of a {status.Kind} (descriptor {fd.Raw}); only sockets, pipes, files and devices can move"),
        };
    }

    private static Endpoint OfFile(
        SafeHandle handle, long offset, StatusFlags flags, Use use, in FileStatus status)
    {
        // Asked at each call: anybody who shares the description can change it.
        bool appends = (flags & StatusFlags.Append) != 0 && (use & Use.Write) != 0; // Nobody reads at the end.
        return new Endpoint(EndpointKind.RegularFile, handle, null, null, CanSplice: true, WakesOnDispose: false)
        {
            Offset = offset,
            Size = status.Size,
            Appends = appends,
            FileId = (status.Inode, status.DeviceMajor, status.DeviceMinor),
        };
    }

    private static Endpoint OfDevice(SafeHandle handle, DeviceManner manner)
        => new(EndpointKind.Device, handle, null, null, CanSplice: false, WakesOnDispose: false) { Manner = manner };

    /// <summary>Files that are called regular and cannot seek, as in tracefs, or in file systems of programs: they are
    /// read and written where they are, they may wait, and their poll says what it likes.</summary>
    private static Endpoint AsStream(SafeHandle handle, Use use, Stream? stream)
    {
        stream ??= new SequentialStream(handle, use);
        return new Endpoint(EndpointKind.Stream, null, null, stream, CanSplice: false, WakesOnDispose: false);
    }

    /// <summary>A file of a disk is always ready. One that is not waits for something, such as /proc/kmsg; all of
    /// those say that they are empty.</summary>
    private static bool Waits(BorrowedFd fd, in FileStatus status, Use use)
    {
        if (status.Size > 0 || (use & Use.Read) == 0)
        {
            return false;
        }

        Span<PollFd> asked = [new PollFd(fd, PollEvents.In)];
        return Syscall.Poll(asked, timeoutMs: 0) is { IsError: false, Value: 0 };
    }

    private static DeviceManner MannerOf(BorrowedFd fd, in FileStatus device)
    {
        const int Memory = 1, Null = 3, Zero = 5, Full = 7, Random = 9; // /dev/urandom: the numbers are the kernel's.
        if (device is { Kind: FileKind.CharacterDevice, SpecialMajor: Memory }
            && device.SpecialMinor is Null or Zero or Full or Random)
        {
            return DeviceManner.NeverWaits;
        }

        _ = Syscall.IsTerminal(fd, out bool isTerminal);
        return isTerminal ? DeviceManner.Terminal : DeviceManner.Waits;
    }

    private static StatusFlags RequireAccess(BorrowedFd fd, Use use, string parameter)
    {
        const int AccessMask = 3;
        SysResult asked = Syscall.GetStatusFlags(fd);
        if (asked.IsError)
        {
            return default; // A sandbox. The first read or write says what is wrong, if anything is.
        }

        StatusFlags flags = (StatusFlags)(int)asked.Value;
        int access = (int)flags & AccessMask;
        return ((use & Use.Read) != 0 && access == (int)StatusFlags.WriteOnly)
            || ((use & Use.Write) != 0 && access == (int)StatusFlags.ReadOnly)
            ? throw ThrowHelper.Argument(
                parameter,
                $"a descriptor ({fd.Raw}) that is open for {(access == 0 ? "reading" : "writing")} only")
            : flags;
    }
}

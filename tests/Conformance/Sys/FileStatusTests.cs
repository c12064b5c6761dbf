// statx on descriptors: every kind there is.
using Microsoft.Win32.SafeHandles;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Sys;

[KernelOnly(Why.NotTheLibrary)]
public sealed class FileStatusTests
{
    [Fact]
    public void A_regular_file_has_a_size_and_an_identity()
    {
        using TestFile file = new(new byte[12345]);
        using TestFile other = new();

        Result.Is(0, Syscall.GetFileStatus(file.Fd, out FileStatus status));
        Result.Is(0, Syscall.GetFileStatus(file.Fd, out FileStatus again));
        Result.Is(0, Syscall.GetFileStatus(other.Fd, out FileStatus different));
        Assert.Equal(FileKind.RegularFile, status.Kind);
        Assert.Equal(12345, status.Size);
        Assert.NotEqual(0UL, status.Inode);
        Assert.Equal(status.Inode, again.Inode);
        Assert.NotEqual(status.Inode, different.Inode);
        Assert.Equal(status.DeviceMajor, different.DeviceMajor);
        Assert.Equal(status.DeviceMinor, different.DeviceMinor);
    }

    [Fact]
    public void Pipes_sockets_and_kernel_objects_are_told_apart()
    {
        using FdPair pipe = FdPair.Pipe();
        using FdPair tcp = FdPair.Tcp();
        using OwnedFd epoll = OwnedFd.FromRaw(
            (int)Result.Ok(Syscall.EpollCreate(EpollCreateFlags.CloseOnExec)));

        Assert.Equal(FileKind.Fifo, KindOf(pipe.A));
        Assert.Equal(FileKind.Socket, KindOf(tcp.A));
        Assert.Equal(FileKind.Unknown, KindOf(epoll.Borrow()));
    }

    [Fact]
    public void Devices_are_told_apart_from_files()
    {
        using SafeFileHandle device = File.OpenHandle("/dev/null");
        Assert.True(FdLease.TryAcquire(device, out FdLease lease));
        using (lease)
        {
            Result.Is(0, Syscall.GetFileStatus(lease.Fd, out FileStatus status));
            Assert.Equal(FileKind.CharacterDevice, status.Kind);
            Assert.Equal((1U, 3U), (status.SpecialMajor, status.SpecialMinor));
        }
    }

    [Fact]
    public void A_file_of_procfs_hides_its_size()
    {
        using SafeFileHandle file = File.OpenHandle("/proc/self/status");
        Assert.True(FdLease.TryAcquire(file, out FdLease lease));
        using (lease)
        {
            Result.Is(0, Syscall.GetFileStatus(lease.Fd, out FileStatus status));
            Assert.Equal(FileKind.RegularFile, status.Kind);
            Assert.Equal(0, status.Size);
        }
    }

    [Fact]
    public void No_descriptor_says_EBADF_and_nothing_else()
    {
        Result.Fails(Errno.EBADF, Syscall.GetFileStatus(default, out FileStatus status));
        Assert.Equal(FileKind.Unknown, status.Kind);
        Assert.Equal(0, status.Size);
    }

    private static FileKind KindOf(BorrowedFd fd)
    {
        Result.Is(0, Syscall.GetFileStatus(fd, out FileStatus status));
        return status.Kind;
    }
}

// Sandboxes and C libraries that do not know statx, preadv2 and pwritev2: .NET works there, and so do we.
using System.Reflection;
using Microsoft.Win32.SafeHandles;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;
using Zerocopy.Conformance.Sys;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Faults;

public sealed class OldCallsTests
{
    // EPERM: Docker before 18.04, old libseccomp. ENOSYS: an old kernel. EOPNOTSUPP: pipes before Linux 6.4.
    [Theory]
    [InlineData(Errno.EPERM, "statx")]
    [InlineData(Errno.ENOSYS, "statx")]
    [InlineData(Errno.EACCES, "statx")]
    [InlineData(Errno.EPERM, "preadv2 pwritev2")]
    [InlineData(Errno.EOPNOTSUPP, "preadv2 pwritev2")]
    [InlineData(Errno.ENOSYS, "preadv2 pwritev2 statx")]
    [InlineData(Errno.EPERM, "preadv2 pwritev2 statx copy_file_range sendfile splice tee")]
    [InlineData(Errno.ENOSYS, "preadv2 pwritev2 statx copy_file_range sendfile splice tee")]
    [InlineData(Errno.EACCES, "copy_file_range sendfile splice")]
    [Cases("F-42", "F-43")]
    public void Every_pair_moves_every_byte_where_they_are_refused(Errno error, string calls)
        => Assert.Contains(
            "done", ChildProcess.Run<OldCallsChild>([$"{(int)error}", .. calls.Split(' ')]), StringComparison.Ordinal);

    [Fact]
    [Cases("F-44")]
    public void Statx_by_its_number_and_fstat_say_the_same()
    {
        using TestFile file = new(new byte[12345]);
        using FdPair pipe = FdPair.Pipe();
        using FdPair tcp = FdPair.Tcp();
        using OwnedFd epoll = OwnedFd.FromRaw(
            (int)Result.Ok(Syscall.EpollCreate(EpollCreateFlags.CloseOnExec)));
        using SafeFileHandle device = File.OpenHandle("/dev/urandom");
        Assert.True(FdLease.TryAcquire(device, out FdLease lease));
        using (lease)
        {
            int[] fds = [file.Fd.Raw, pipe.A.Raw, tcp.A.Raw, epoll.Borrow().Raw, lease.Raw, 0, -1];
            (SysResult, string)[] expected = [.. fds.Select(Ask)];
            using Lacking lacking = new("s_lacksStatx");
            Assert.Equal(expected, fds.Select(Ask));
            Assert.Equal(expected, fds.Select(AskFStat));
        }
    }

    [Fact]
    [Cases("F-44")]
    public void Without_their_names_preadv2_and_pwritev2_do_the_same()
    {
        using Lacking read = new("s_lacksPReadV2");
        using Lacking write = new("s_lacksPWriteV2");
        using FdPair pipe = FdPair.Pipe(PipeFlags.None);
        using TestFile file = new("0123456789"u8);
        Span<byte> buffer = stackalloc byte[3];

        Result.Is(3, Syscall.PReadV2(file.Fd, buffer, 4, ReadWriteFlags.None));
        Assert.Equal("456"u8, buffer);
        Result.Is(3, Syscall.PReadV2(file.Fd, buffer, -1, ReadWriteFlags.None));
        Assert.Equal("012"u8, buffer);
        Result.Is(2, Syscall.PWriteV2(file.Fd, "ab"u8, 8, ReadWriteFlags.None));
        Assert.Equal("01234567ab"u8, file.Content);
        SysResult none = Syscall.PReadV2(pipe.A, buffer, -1, ReadWriteFlags.NoWait);
        Assert.True(none.Errno is Errno.EAGAIN or Errno.EOPNOTSUPP, $"{none}"); // The latter before Linux 6.4.
        Result.Fails(Errno.EBADF, Syscall.PReadV2(default, buffer, -1, ReadWriteFlags.None));
        Result.Fails(Errno.EBADF, Syscall.PWriteV2(default, buffer, -1, ReadWriteFlags.None));
    }

    [Fact]
    [Cases("F-44")]
    public void Files_are_read_and_written_at_offsets()
    {
        using TestFile file = new("0123456789"u8);
        using FdPair pipe = FdPair.Pipe();
        Span<byte> buffer = stackalloc byte[3];

        Result.Is(3, Syscall.PRead(file.Fd, buffer, 4));
        Assert.Equal("456"u8, buffer);
        Result.Is(2, Syscall.PWrite(file.Fd, "ab"u8, 9));
        Assert.Equal("012345678ab"u8, file.Content);
        Result.Is(0, Syscall.PRead(file.Fd, buffer, 100));
        Result.Is(0, Syscall.Seek(file.Fd, 0, SeekFrom.Current));
        Result.Fails(Errno.ESPIPE, Syscall.PRead(pipe.A, buffer, 0));
        Result.Fails(Errno.ESPIPE, Syscall.PWrite(pipe.B, buffer, 0));
        Result.Fails(Errno.EBADF, Syscall.PRead(default, buffer, 0));
    }

    private delegate SysResult Asking(BorrowedFd fd, out FileStatus status);

    private static (SysResult, string) Ask(int fd)
    {
        SysResult result = Syscall.GetFileStatus(BorrowedFd.FromRaw(fd), out FileStatus status);
        return (result, Text(status));
    }

    private static (SysResult, string) AskFStat(int fd)
    {
        Asking ask = typeof(Syscall).GetMethod("AskFStat", BindingFlags.Static | BindingFlags.NonPublic)!
            .CreateDelegate<Asking>();
        SysResult result = ask(BorrowedFd.FromRaw(fd), out FileStatus status);
        return (result, Text(status));
    }

    private static string Text(FileStatus status)
        => $"{status.Kind} {(status.Kind == FileKind.RegularFile ? status.Size : 0)} {status.Inode} " +
            $"{status.DeviceMajor}:{status.DeviceMinor} {status.SpecialMajor}:{status.SpecialMinor}";

    /// <summary>As with a C library that lacks a name.</summary>
    private sealed class Lacking : IDisposable
    {
        private readonly FieldInfo _field;

        internal Lacking(string field)
        {
            _field = typeof(Syscall).GetField(field, BindingFlags.Static | BindingFlags.NonPublic)
                ?? throw new MissingFieldException(nameof(Syscall), field);
            _field.SetValue(null, true);
        }

        public void Dispose() => _field.SetValue(null, false);
    }
}

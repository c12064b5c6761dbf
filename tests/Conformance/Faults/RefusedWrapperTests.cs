// A kernel, or a sandbox, that answers the typed calls with every errno: it comes out as it is, and nothing has moved.
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;
using Zerocopy.Conformance.Sys;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Faults;

[KernelOnly(Why.Mechanism)]
public sealed class RefusedWrapperTests
{
    private static readonly string[] s_calls = ["splice", "tee", "vmsplice", "sendfile", "copy_file_range", "pipe2"];

    // What the manual pages of these calls have, but for EINTR, and what sandboxes and file systems add.
    private static readonly Errno[] s_errors =
    [
        Errno.EAGAIN, Errno.EBADF, Errno.EFAULT, Errno.EFBIG, Errno.EINVAL, Errno.EIO, Errno.EISDIR, Errno.EMFILE,
        Errno.ENFILE, Errno.ENOMEM, Errno.ENOSPC, Errno.ENOSYS, Errno.EOPNOTSUPP, Errno.EOVERFLOW, Errno.EPERM,
        Errno.EPIPE, Errno.ESPIPE, Errno.ETXTBSY, Errno.EXDEV,
    ];

    [Fact]
    public void Every_errno_comes_out_of_every_call_and_nothing_has_moved()
        => Assert.Contains("done", ChildProcess.Run<RefusedWrapperChild>([]), StringComparison.Ordinal);

    [Fact]
    public void Interrupted_calls_are_made_again()
    {
        Assert.SkipUnless(Strace.CanTrace(), "strace is not installed, or may not trace here");
        string[] interrupted = [.. s_calls.Except(["pipe2"])]; // Nothing interrupts that, and .NET makes it too.
        string calls = string.Join(',', interrupted);
        string trace = Path.GetTempFileName();
        try
        {
            string[] inject =
            [
                "strace", "-f", "-qq", "--seccomp-bpf", "-o", trace,
                "-e", $"trace={calls}", "-e", $"inject={calls}:error=EINTR:when=1+2",
            ];
            Assert.Contains("done", ChildProcess.Run<InterruptedWrapperChild>([], inject), StringComparison.Ordinal);
            string[] injected = [.. File.ReadLines(trace).Where(line => line.Contains("(INJECTED)"))];
            Assert.All(interrupted, call => Assert.Contains(injected, line => line.Contains($" {call}(")));
        }
        finally
        {
            File.Delete(trace);
        }
    }

    /// <summary>What the calls are made on. Nothing is read or written between.</summary>
    private sealed unsafe class Ends : IDisposable
    {
        private static readonly byte[] s_content = Result.Bytes(100);

        private readonly FdPair _source = FdPair.Pipe();
        private readonly FdPair _destination = FdPair.Pipe();
        private readonly FdPair _socket = FdPair.Unix();
        private readonly TestFile _file = new(s_content);
        private readonly TestFile _copy = new();

        internal Ends()
        {
            Result.Is(100, Syscall.Write(_source.B, s_content));
        }

        internal SysResult Splice() => Syscall.Splice(_source.A, _socket.A, 10, SpliceFlags.NonBlock);

        internal SysResult SpliceFrom(ref long offset)
            => Syscall.Splice(_file.Fd, ref offset, _destination.B, 10, SpliceFlags.NonBlock);

        internal SysResult SpliceTo(ref long offset)
            => Syscall.Splice(_source.A, _copy.Fd, ref offset, 10, SpliceFlags.NonBlock);

        internal SysResult Tee() => Syscall.Tee(_source.A, _destination.B, 10, SpliceFlags.NonBlock);

        internal SysResult Vmsplice(byte* buffer)
            => Syscall.Vmsplice(_destination.B, buffer, 10, SpliceFlags.NonBlock);

        internal SysResult Sendfile(ref long offset) => Syscall.Sendfile(_socket.A, _file.Fd, ref offset, 10);

        internal SysResult CopyFileRange(ref long from, ref long to)
            => Syscall.CopyFileRange(_file.Fd, ref from, _copy.Fd, ref to, 10);

        /// <summary>Everything is where it was.</summary>
        internal void AssertUnmoved()
        {
            Assert.Equal((100, 0, 0), (Available(_source.A), Available(_destination.A), Available(_socket.B)));
            Result.Is(0, Syscall.Seek(_file.Fd, 0, SeekFrom.Current));
            Assert.Empty(_copy.Content);
        }

        private static int Available(BorrowedFd fd)
        {
            Result.Ok(Syscall.BytesAvailable(fd, out int bytes));
            return bytes;
        }

        public void Dispose()
        {
            _source.Dispose();
            _destination.Dispose();
            _socket.Dispose();
            _file.Dispose();
            _copy.Dispose();
        }
    }

    internal sealed unsafe class RefusedWrapperChild : IChild
    {
        public int Run(string[] args)
        {
            if (!File.Exists("/proc/sys/kernel/seccomp/actions_avail"))
            {
                return ChildProcess.Skip("this kernel has no seccomp filters");
            }

            using Ends ends = new();
            Console.WriteLine("start"); // .NET needs a pipe for its first line.
            foreach (Errno error in s_errors)
            {
                Libc.RefuseSystemCalls((int)error, [.. s_calls.Select(Libc.NumberOf)]);
                Refused(ends, error);
                ends.AssertUnmoved();
            }

            Console.WriteLine("done");
            return 0;
        }

        private static void Refused(Ends ends, Errno error)
        {
            (long offset, long other) = (3, 5);
            byte* buffer = stackalloc byte[10];
            Result.Fails(error, ends.Splice());
            Result.Fails(error, ends.SpliceFrom(ref offset));
            Result.Fails(error, ends.SpliceTo(ref other));
            Result.Fails(error, ends.Tee());
            Result.Fails(error, ends.Vmsplice(buffer));
            Result.Fails(error, ends.Sendfile(ref offset));
            Result.Fails(error, ends.CopyFileRange(ref offset, ref other));
            Assert.Equal((3, 5), (offset, other));
            Result.Fails(error, Syscall.Pipe2(out int readEnd, out int writeEnd, PipeFlags.CloseOnExec));
            Assert.Equal((-1, -1), (readEnd, writeEnd));
        }
    }

    internal sealed unsafe class InterruptedWrapperChild : IChild
    {
        public int Run(string[] args)
        {
            using Ends ends = new();
            (long offset, long other) = (3, 5);
            byte* buffer = stackalloc byte[10];
            for (int i = 0; i < 3; i++)
            {
                Result.Is(10, ends.Splice());
                Result.Is(10, ends.SpliceFrom(ref offset));
                Result.Is(10, ends.SpliceTo(ref other));
                Result.Is(10, ends.Tee());
                Result.Is(10, ends.Vmsplice(buffer));
                Result.Is(10, ends.Sendfile(ref offset));
                Result.Is(10, ends.CopyFileRange(ref offset, ref other));
            }

            Assert.Equal((93, 65), (offset, other));
            Console.WriteLine("done");
            return 0;
        }
    }
}

// The calls that tests need and the library does not: the only interop outside Zerocopy.Sys.
#pragma warning disable RS0030 // Tests provoke the kernel with calls that have no business in the library.
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Xunit;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Harness;

internal static unsafe class Libc
{
    internal const int SigUsr2 = 12;
    internal const int EPerm = 1;
    internal const int EIntr = 4;
    internal const int EBadF = 9;
    internal const int EPipe = 32;
    internal const int ENoSys = 38;
    internal const int EConnReset = 104;
    internal const int ETimedOut = 110;

    /// <summary>A command of fcntl.</summary>
    internal const int SetPipeSize = 1031;

    private const int SolSocket = 1;
    private const int ScmRights = 1;
    private const int MsgNoSignal = 0x4000;
    private const int ResourceOpenFiles = 7;
    private const int OptionNoNewPrivileges = 38;

    private static readonly BpfInstruction s_allow = new() { Code = 0x06, K = 0x7FFF_0000 };
    private const uint SeccompSetModeFilter = 1;
    private const uint SeccompThreadSync = 1;

    internal static int UserId => getuid();

    internal static int ThreadId => gettid();

    /// <summary>Another descriptor of the same open file.</summary>
    internal static int Duplicate(SafeHandle handle)
    {
        Assert.True(FdLease.TryAcquire(handle, out FdLease lease));
        int copy = dup(lease.Raw);
        lease.Release();
        return Checked(copy);
    }

    internal static void Close(int fd) => Checked(close(fd));

    /// <summary>The same open file under a number that is free.</summary>
    internal static void DuplicateTo(int fd, int number) => Checked(dup2(fd, number));

    /// <summary>Sends bytes with one descriptor attached (SCM_RIGHTS).</summary>
    internal static int SendWithDescriptor(Socket socket, ReadOnlySpan<byte> bytes, int descriptor)
    {
        // struct cmsghdr { size_t len; int level; int type; } and one int, padded to 8.
        long* control = stackalloc long[3];
        control[0] = 16 + sizeof(int);
        ((int*)control)[2] = SolSocket;
        ((int*)control)[3] = ScmRights;
        ((int*)control)[4] = descriptor;
        fixed (byte* start = bytes)
        {
            IoVector vector = new() { Base = start, Length = (nuint)bytes.Length };
            MessageHeader message = new() { Vectors = &vector, VectorCount = 1, Control = control, ControlLength = 24 };
            Assert.True(FdLease.TryAcquire(socket.SafeHandle, out FdLease lease));
            nint sent = sendmsg(lease.Raw, &message, MsgNoSignal);
            lease.Release();
            return Checked((int)sent);
        }
    }

    /// <summary>From now on the signal interrupts system calls and does nothing else. Restarts none of them.</summary>
    internal static void LetInterrupt(int signal)
    {
        // struct sigaction of glibc and musl: handler, 128 bytes of mask, flags, restorer. The handler is a function
        // that is safe to call at any moment and has no effect.
        byte* action = stackalloc byte[152];
        new Span<byte>(action, 152).Clear();
        *(nint*)action = NativeLibrary.GetExport(NativeLibrary.Load("libc", typeof(Libc).Assembly, null), "getpid");
        Checked(sigaction(signal, action, null));
    }

    /// <summary>Sends a signal to one thread of this process.</summary>
    /// <returns>False if the thread is gone.</returns>
    internal static bool Signal(int threadId, int signal)
    {
        bool isX64 = RuntimeInformation.ProcessArchitecture == Architecture.X64;
        nint number = isX64 ? 234 : 131; // SYS_tgkill; musl has no such function.
        return syscall(number, (nuint)Environment.ProcessId, (nuint)threadId, signal) == 0;
    }

    /// <summary>The soft limit of open descriptors: reads it, and sets it if asked to.</summary>
    internal static long OpenFilesLimit(long? set = null)
    {
        long* limit = stackalloc long[2];
        Checked(getrlimit(ResourceOpenFiles, limit));
        long before = limit[0];
        if (set is { } wanted)
        {
            limit[0] = wanted;
            Checked(setrlimit(ResourceOpenFiles, limit));
        }

        return before;
    }

    /// <summary>A timer that ticks once so many milliseconds (timerfd).</summary>
    internal static int Timer(int milliseconds)
    {
        int timer = Checked(timerfd_create(1, 0x80000)); // CLOCK_MONOTONIC, TFD_CLOEXEC.
        long* interval = stackalloc long[4] { 0, milliseconds * 1_000_000L, 0, milliseconds * 1_000_000L };
        Checked(timerfd_settime(timer, 0, interval, null));
        return timer;
    }

    /// <summary>What tells of files that are made in a directory (inotify).</summary>
    internal static int WatchFor(string directory)
    {
        int watch = Checked(inotify_init1(0x80000)); // IN_CLOEXEC.
        fixed (byte* path = Utf8(directory))
        {
            Checked(inotify_add_watch(watch, path, 0x100)); // IN_CREATE.
        }

        return watch;
    }

    /// <summary>Mounts a file system that whoever holds the device serves.</summary>
    internal static bool MountFuse(SafeFileHandle device, string directory)
    {
        Assert.True(FdLease.TryAcquire(device, out FdLease lease));
        using (lease)
        {
            fixed (byte* target = Utf8(directory), type = "fuse"u8,
                options = Utf8($"fd={lease.Raw},rootmode=40000,user_id=0,group_id=0"))
            {
                return mount(type, target, type, 6, options) == 0; // MS_NOSUID, MS_NODEV.
            }
        }
    }

    /// <summary>Takes it away, also while it is in use.</summary>
    internal static void Unmount(string directory)
    {
        fixed (byte* target = Utf8(directory))
        {
            Checked(umount2(target, 2)); // MNT_DETACH.
        }
    }

    /// <summary>A new network device whose packets this process reads and writes.</summary>
    /// <returns>Null where none can be made.</returns>
    internal static SafeFileHandle? OpenTun(string name)
    {
        const nuint SetInterface = 0x400454ca; // TUNSETIFF
        SafeFileHandle device;
        try
        {
            device = File.OpenHandle("/dev/net/tun", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        byte* request = stackalloc byte[40]; // struct ifreq: a name of 16 bytes, flags.
        new Span<byte>(request, 40).Clear();
        System.Text.Encoding.ASCII.GetBytes(name, new Span<byte>(request, 15));
        *(short*)(request + 16) = 0x1001; // IFF_TUN, IFF_NO_PI
        Assert.True(FdLease.TryAcquire(device, out FdLease lease));
        int made = ioctl(lease.Raw, SetInterface, request);
        lease.Release();
        if (made >= 0)
        {
            return device;
        }

        device.Dispose();
        return null;
    }

    /// <summary>From now on this thread, and what it starts, is in a network of its own.</summary>
    /// <returns>False if it may not.</returns>
    internal static bool EnterOwnNetwork() => unshare(0x40000000) == 0; // CLONE_NEWNET

    /// <summary>Becomes another user for good, real, effective and saved.</summary>
    internal static void BecomeUser(int userId) => Checked(setresuid(userId, userId, userId));

    /// <summary>From now on, for all threads and children, these system calls fail with this errno. Cannot be undone,
    /// so only a child process may do it.</summary>
    internal static void RefuseSystemCalls(int error, params ReadOnlySpan<int> numbers)
    {
        // A BPF program: load the number; on a match return ERRNO, else allow. It does not ask for the architecture:
        // this process makes calls of one only.
        Span<BpfInstruction> program = stackalloc BpfInstruction[numbers.Length + 3];
        int at = 0;
        program[at++] = new BpfInstruction { Code = 0x20, K = 0 };
        for (int i = 0; i < numbers.Length; i++)
        {
            byte toTheLast = (byte)(numbers.Length - i);
            program[at++] = new BpfInstruction { Code = 0x15, JumpTrue = toTheLast, K = (uint)numbers[i] };
        }

        program[at++] = s_allow;
        program[at++] = Refusal(error);
        Install(program);
    }

    /// <summary>Likewise, but only where the call's second argument is this one: fcntl's command.</summary>
    internal static void RefuseCommand(int error, int number, int command) => Refuse(error, number, 1, command);

    /// <summary>Likewise: no epoll takes this descriptor.</summary>
    internal static void RefuseWatch(int error, int descriptor) => Refuse(error, NumberOf("epoll_ctl"), 2, descriptor);

    private static void Refuse(int error, int number, int argument, int value)
        => Install(
        [
            new BpfInstruction { Code = 0x20, K = 0 },
            new BpfInstruction { Code = 0x15, JumpTrue = 1, K = (uint)number },
            s_allow,
            new BpfInstruction { Code = 0x20, K = 16 + (8 * (uint)argument) }, // Its lower half.
            new BpfInstruction { Code = 0x15, JumpTrue = 1, K = (uint)value },
            s_allow,
            Refusal(error),
        ]);

    private static BpfInstruction Refusal(int error) => new() { Code = 0x06, K = 0x0005_0000u | (uint)error };

    private static byte[] Utf8(string text) => System.Text.Encoding.UTF8.GetBytes(text + "\0");

    private static void Install(ReadOnlySpan<BpfInstruction> program)
    {
        Checked(prctl(OptionNoNewPrivileges, 1, 0, 0, 0));
        fixed (BpfInstruction* start = program)
        {
            BpfProgram filter = new() { Length = (ushort)program.Length, Instructions = start };
            nint number = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 277 : 317;
            Checked((int)syscall(number, SeccompSetModeFilter, SeccompThreadSync, (nint)(&filter)));
        }
    }

    /// <summary>Numbers of system calls on this architecture.</summary>
    internal static int NumberOf(string call)
    {
        bool arm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
        return call switch
        {
            "splice" => arm ? 76 : 275,
            "fcntl" => arm ? 25 : 72,
            "pipe2" => arm ? 59 : 293,
            "vmsplice" => arm ? 75 : 278,
            "tee" => arm ? 77 : 276,
            "sendfile" => arm ? 71 : 40,
            "epoll_ctl" => arm ? 21 : 233,
            "copy_file_range" => arm ? 285 : 326,
            "statx" => arm ? 291 : 332,
            "preadv2" => arm ? 286 : 327,
            "pwritev2" => arm ? 287 : 328,
            _ => throw new ArgumentOutOfRangeException(nameof(call), call, "Unknown system call."),
        };
    }

    private static int Checked(int result)
    {
        int error = Marshal.GetLastPInvokeError();
        Assert.True(result >= 0, $"a system call of the test failed with errno {error}");
        return result;
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int timerfd_create(int clock, int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern int timerfd_settime(int timer, int flags, long* interval, long* old);

    [DllImport("libc", SetLastError = true)]
    private static extern int inotify_init1(int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern int inotify_add_watch(int watch, byte* path, uint mask);

    [DllImport("libc", SetLastError = true)]
    private static extern int ioctl(int fd, nuint request, void* argument);

    [DllImport("libc")]
    private static extern int getuid();

    [DllImport("libc")]
    private static extern int gettid();

    [DllImport("libc", SetLastError = true)]
    private static extern int dup(int fd);

    [DllImport("libc", SetLastError = true)]
    private static extern int dup2(int fd, int number);

    [DllImport("libc", SetLastError = true)]
    private static extern int close(int fd);

    [DllImport("libc", SetLastError = true)]
    private static extern nint sendmsg(int fd, MessageHeader* message, int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern int sigaction(int signal, byte* action, byte* old);

    [DllImport("libc", SetLastError = true)]
    private static extern int mount(byte* source, byte* target, byte* type, nuint flags, byte* options);

    [DllImport("libc", SetLastError = true)]
    private static extern int umount2(byte* target, int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern int getrlimit(int resource, long* limit);

    [DllImport("libc", SetLastError = true)]
    private static extern int setrlimit(int resource, long* limit);

    [DllImport("libc")]
    private static extern int unshare(int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern int setresuid(int real, int effective, int saved);

    [DllImport("libc", SetLastError = true)]
    private static extern int prctl(int option, nuint a, nuint b, nuint c, nuint d);

    [DllImport("libc", SetLastError = true)]
    private static extern nint syscall(nint number, nuint a, nuint b, nint c);

    private struct IoVector
    {
        internal byte* Base;
        internal nuint Length;
    }

    // struct msghdr of a 64-bit Linux.
    private struct MessageHeader
    {
#pragma warning disable CS0649 // Left at zero: a connected socket needs no address.
        internal void* Name;
        internal uint NameLength;
#pragma warning restore CS0649
        internal IoVector* Vectors;
        internal nuint VectorCount;
        internal void* Control;
        internal nuint ControlLength;
        internal int Flags;
    }

    private struct BpfInstruction
    {
        internal ushort Code;
        internal byte JumpTrue;
#pragma warning disable CS0649 // Left at zero: falls through.
        internal byte JumpFalse;
#pragma warning restore CS0649
        internal uint K;
    }

    private struct BpfProgram
    {
        internal ushort Length;
        internal BpfInstruction* Instructions;
    }
}

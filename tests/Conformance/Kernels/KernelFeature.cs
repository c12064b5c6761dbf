// What not every kernel can do, what the library does instead, and what that costs: docs/kernels.md is written from it.
using Microsoft.Win32.SafeHandles;
using Xunit;
using Zerocopy.Conformance.Sys;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Kernels;

/// <summary>A call that some kernels make and others refuse.</summary>
/// <param name="Name">For the records of eng/kernels.</param>
/// <param name="What">The call, in a few words.</param>
/// <param name="Since">The first version that has it.</param>
/// <param name="Until">The first version that has it no more; null while it stays.</param>
/// <param name="Fallback">What serves instead.</param>
/// <param name="Lost">What that costs whoever uses the library.</param>
/// <param name="Ask">Makes the call.</param>
public sealed record KernelFeature(
    string Name, string What, Version Since, Version? Until, string Fallback, string Lost, Func<SysResult> Ask)
{
    public static KernelFeature NoWaitOnPipes { get; } = new(
        "no-wait-on-pipes",
        "`preadv2` and `pwritev2` with `RWF_NOWAIT` on a pipe",
        new Version(6, 4),
        null,
        "`poll`, then at most 4,096 bytes a call",
        "CPU, where a pipe in blocking mode is handed in (a child's standard streams) and is not spliced",
        AskNoWaitOnPipes);

    public static KernelFeature[] All { get; } =
    [
        NoWaitOnPipes,
        new(
            "splice-from-random",
            "`splice` and `sendfile` from `/dev/urandom`",
            new Version(5, 19),
            null,
            "`read` and `write`",
            "nothing but the copy; `RequireZeroCopy` refuses it",
            static () => AskSpliceFrom("/dev/urandom")),
        new(
            "splice-from-sysfs",
            "`splice` and `sendfile` from a file of sysfs",
            new Version(5, 11),
            null,
            "`read` and `write`",
            "nothing but the copy; `RequireZeroCopy` refuses it",
            static () => AskSpliceFrom("/sys/kernel/mm/transparent_hugepage/enabled")),
        new(
            "splice-to-a-terminal",
            "`splice` to a terminal",
            new Version(5, 11),
            null,
            "`read` and `write`",
            "nothing but the copy; `RequireZeroCopy` refuses it",
            AskSpliceToATerminal),
        new(
            "copy-between-file-systems",
            "`copy_file_range` from one file system to another",
            new Version(5, 3),
            new Version(5, 19),
            "`read` and `write`",
            "the bytes pass through the process, 64 KiB at a time; `RequireZeroCopy` fails with EXDEV",
            AskCopyBetweenFileSystems),
    ];

    /// <summary>Whether the kernel that runs this makes the call.</summary>
    public bool IsHere => !Ask().IsError;

    public override string ToString() => Name;

    private static SysResult AskNoWaitOnPipes()
    {
        using FdPair pipe = FdPair.Pipe(PipeFlags.None);
        return Syscall.PWriteV2(pipe.B, "x"u8, -1, ReadWriteFlags.NoWait);
    }

    private static SysResult AskSpliceFrom(string path)
    {
        using FdPair pipe = FdPair.Pipe();
        using SafeFileHandle file = File.OpenHandle(path);
        Assert.True(FdLease.TryAcquire(file, out FdLease lease));
        using (lease)
        {
            return Syscall.Splice(lease.Fd, pipe.B, 16, SpliceFlags.NonBlock);
        }
    }

    private static SysResult AskSpliceToATerminal()
    {
        using FdPair pipe = FdPair.Pipe();
        using SafeFileHandle master = File.OpenHandle("/dev/ptmx", FileMode.Open, FileAccess.ReadWrite);
        Result.Is(1, Syscall.Write(pipe.B, "x"u8));
        Assert.True(FdLease.TryAcquire(master, out FdLease lease));
        using (lease)
        {
            return Syscall.Splice(pipe.A, lease.Fd, 1, SpliceFlags.NonBlock);
        }
    }

    private static SysResult AskCopyBetweenFileSystems()
    {
        using TestFile source = new("x"u8);
        string path = $"/dev/shm/{Guid.NewGuid():N}";
        using SafeFileHandle destination = File.OpenHandle(
            path, FileMode.CreateNew, FileAccess.Write, options: FileOptions.DeleteOnClose);
        Assert.True(FdLease.TryAcquire(destination, out FdLease lease));
        using (lease)
        {
            return Syscall.CopyFileRange(source.Fd, lease.Fd, 1);
        }
    }
}

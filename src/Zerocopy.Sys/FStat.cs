// fstat by its number: what statx says, for where that is refused. The layout depends on the processor.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Zerocopy.Sys;

public static unsafe partial class Syscall
{
    // By number, because glibc before 2.33 exports no fstat, and because this layout is the kernel's.
    private static SysResult AskFStat(BorrowedFd fd, out FileStatus status)
    {
        byte* native = stackalloc byte[StatLayout.SizeMax];
        SysResult result;
        do
        {
            result = SysResult.FromReturn(
                Libc.syscall(CallNumber.FStat, fd.Raw, native, 0, 0, 0, 0));
        }
        while (result.Errno == Errno.EINTR);

        status = default;
        if (!result.IsError)
        {
            ulong device = Unsafe.ReadUnaligned<ulong>(native);
            ulong special = Unsafe.ReadUnaligned<ulong>(native + StatLayout.Special);
            status = new FileStatus
            {
                Kind = (FileKind)(Unsafe.ReadUnaligned<uint>(native + StatLayout.Mode) & Libc.ModeTypeMask),
                Size = Unsafe.ReadUnaligned<long>(native + StatLayout.FileSize),
                Inode = Unsafe.ReadUnaligned<ulong>(native + StatLayout.Inode),
                DeviceMajor = StatLayout.Major(device),
                DeviceMinor = StatLayout.Minor(device),
                SpecialMajor = StatLayout.Major(special),
                SpecialMinor = StatLayout.Minor(special),
            };
        }

        return result;
    }
}

/// <summary>Where <c>struct stat</c> has what is read of it. The device is at its beginning.</summary>
internal static class StatLayout
{
    internal const int SizeMax = 144; // x86-64's; the others' is smaller.
    internal const int Inode = 8;
    internal const int FileSize = 48;

    internal static int Mode { get; } = ModeOn(RuntimeInformation.ProcessArchitecture);

    internal static int Special { get; } = SpecialOn(RuntimeInformation.ProcessArchitecture);

    internal static int ModeOn(Architecture processor) => processor == Architecture.X64 ? 24 : 16;

    internal static int SpecialOn(Architecture processor) => processor == Architecture.X64 ? 40 : 32;

    // The kernel packs 12 and 20 bits into 32: the lower 8 of the minor, the major, the rest of the minor.
    internal static uint Major(ulong device) => (uint)(device >> 8) & 0xfff;

    internal static uint Minor(ulong device) => (uint)(device & 0xff) | ((uint)(device >> 12) & 0xfff00);
}

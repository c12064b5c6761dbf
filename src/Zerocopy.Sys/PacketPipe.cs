// O_DIRECT, which makes a pipe keep packets apart: the one flag whose number depends on the processor.
using System.Runtime.InteropServices;

namespace Zerocopy.Sys;

/// <summary>Packet mode of pipes: each write is a packet, a read returns at most one and drops the
/// rest of it.</summary>
/// <remarks>Since: Linux 3.4.</remarks>
/// <seealso href="https://man7.org/linux/man-pages/man2/pipe2.2.html">pipe2(2)</seealso>
public static class PacketPipe
{
    private static readonly int s_flag = FlagOn(RuntimeInformation.ProcessArchitecture);

    /// <summary><c>O_DIRECT</c>, for <see cref="Syscall.Pipe2"/>.</summary>
    public static PipeFlags Flag => (PipeFlags)s_flag;

    /// <summary><c>O_DIRECT</c>, as <see cref="Syscall.GetStatusFlags"/> reports it of the
    /// write end (the read end does not show it). Of a file it means "past the page cache".</summary>
    public static StatusFlags StatusFlag => (StatusFlags)s_flag;

    internal static int FlagOn(Architecture processor) => processor switch
    {
        Architecture.Arm64 or Architecture.Arm => 0x10000,
        Architecture.Ppc64le => 0x20000,
        _ => 0x4000,
    };
}

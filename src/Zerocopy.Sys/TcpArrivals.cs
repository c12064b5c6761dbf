// What has come over a TCP connection, and in how many segments: tells large sends from small ones.
namespace Zerocopy.Sys;

public static unsafe partial class Syscall
{
    /// <summary><c>getsockopt(IPPROTO_TCP, TCP_INFO)</c>, three fields of it: how much a connection has received, and
    /// in how many segments.</summary>
    /// <param name="socket">A TCP socket. Borrowed.</param>
    /// <param name="arrivals">The answer; all 0 on failure. A kernel that does not have a field leaves it 0.</param>
    /// <returns>0, or an errno.</returns>
    /// <remarks>Errors: <c>EOPNOTSUPP</c>, <c>ENOPROTOOPT</c>, not TCP; <c>ENOTSOCK</c>. Blocks: for the socket's lock
    /// only. Allocates: nothing. Threads: safe; the answer may be old. Since: Linux 4.6 for all of it.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man7/tcp.7.html">tcp(7)</seealso>
    public static SysResult GetTcpArrivals(BorrowedFd socket, out TcpArrivals arrivals)
    {
        ulong* info = stackalloc ulong[TcpInfoLayout.Size / sizeof(ulong)]; // Zeroed; the kernel fills what it has.
        byte* start = (byte*)info;
        SysResult result = GetSocketOptionCore(
            socket, SocketLevel.Tcp, SocketOption.TcpInfo, start, TcpInfoLayout.Size);
        arrivals = new TcpArrivals(
            *(long*)(start + TcpInfoLayout.BytesReceived),
            *(int*)(start + TcpInfoLayout.DataSegmentsIn),
            *(int*)(start + TcpInfoLayout.AdvertisedMss));
        return result;
    }
}

/// <summary>What a TCP connection has received since it began.</summary>
/// <param name="Bytes">Bytes of data, acknowledged to the peer; read or not.</param>
/// <param name="Segments">Segments with data, as they arrived: on loopback up to 64 KiB each.</param>
/// <param name="SegmentBytesMax">The most that the peer may put into one, in bytes: the MSS told to it.</param>
public readonly record struct TcpArrivals(long Bytes, int Segments, int SegmentBytesMax);

/// <summary>Where the fields are in the kernel's <c>struct tcp_info</c>, in bytes.</summary>
internal static class TcpInfoLayout
{
    internal const int AdvertisedMss = 84; // tcpi_advmss
    internal const int BytesReceived = 128; // tcpi_bytes_received
    internal const int DataSegmentsIn = 152; // tcpi_data_segs_in

    /// <summary>Up to and with the last of them; the kernel has more.</summary>
    internal const int Size = 160;
}

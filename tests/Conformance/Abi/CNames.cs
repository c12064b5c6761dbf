// What the C headers call each constant and each function of Zerocopy.Sys. What has no line here fails a test.
namespace Zerocopy.Conformance.Abi;

internal static class CNames
{
    // One enum a paragraph; 0 is a name of our own for "none of them". Errno is missing: its names are C's.
    private const string Enums = """
        PipeFlags: None=0 NonBlocking=O_NONBLOCK CloseOnExec=O_CLOEXEC
        StatusFlags: ReadOnly=O_RDONLY WriteOnly=O_WRONLY ReadWrite=O_RDWR AccessMask=O_ACCMODE
            Append=O_APPEND NonBlocking=O_NONBLOCK PathOnly=O_PATH
        DescriptorFlags: None=0 CloseOnExec=FD_CLOEXEC
        SpliceFlags: None=0 Move=SPLICE_F_MOVE NonBlock=SPLICE_F_NONBLOCK More=SPLICE_F_MORE
            Gift=SPLICE_F_GIFT
        MessageFlags: None=0 OutOfBand=MSG_OOB Peek=MSG_PEEK ControlTruncated=MSG_CTRUNC
            Truncated=MSG_TRUNC DontWait=MSG_DONTWAIT EndOfRecord=MSG_EOR WaitAll=MSG_WAITALL
            NoSignal=MSG_NOSIGNAL More=MSG_MORE
        ReadWriteFlags: None=0 NoWait=RWF_NOWAIT Append=RWF_APPEND
        SocketDomain: Unspecified=AF_UNSPEC Unix=AF_UNIX Inet=AF_INET Inet6=AF_INET6
        SocketKind: Stream=SOCK_STREAM Datagram=SOCK_DGRAM Raw=SOCK_RAW SeqPacket=SOCK_SEQPACKET
        SocketProtocol: Default=0 Tcp=IPPROTO_TCP Udp=IPPROTO_UDP Mptcp=IPPROTO_MPTCP
        SocketFlags: None=0 NonBlocking=SOCK_NONBLOCK CloseOnExec=SOCK_CLOEXEC
        SocketLevel: Ip=IPPROTO_IP Socket=SOL_SOCKET Tcp=IPPROTO_TCP Ipv6=IPPROTO_IPV6
        SocketOption: ReuseAddress=SO_REUSEADDR Type=SO_TYPE Error=SO_ERROR SendBuffer=SO_SNDBUF
            ReceiveBuffer=SO_RCVBUF KeepAlive=SO_KEEPALIVE OutOfBandInline=SO_OOBINLINE
            Linger=SO_LINGER ReusePort=SO_REUSEPORT ReceiveLowWater=SO_RCVLOWAT
            AcceptConnections=SO_ACCEPTCONN Protocol=SO_PROTOCOL Domain=SO_DOMAIN
            TcpNoDelay=TCP_NODELAY TcpCork=TCP_CORK TcpDeferAccept=TCP_DEFER_ACCEPT
            TcpInfo=TCP_INFO TcpQuickAck=TCP_QUICKACK TcpUserTimeout=TCP_USER_TIMEOUT
            TcpNotSentLowWater=TCP_NOTSENT_LOWAT Ipv6Only=IPV6_V6ONLY
        TcpState: None=0 Established=TCP_ESTABLISHED SynSent=TCP_SYN_SENT SynRecv=TCP_SYN_RECV
            FinWait1=TCP_FIN_WAIT1 FinWait2=TCP_FIN_WAIT2 TimeWait=TCP_TIME_WAIT Close=TCP_CLOSE
            CloseWait=TCP_CLOSE_WAIT LastAck=TCP_LAST_ACK Listen=TCP_LISTEN Closing=TCP_CLOSING
        ShutdownHow: Receive=SHUT_RD Send=SHUT_WR Both=SHUT_RDWR
        EpollCreateFlags: None=0 CloseOnExec=EPOLL_CLOEXEC
        EpollEvents: None=0 In=EPOLLIN Priority=EPOLLPRI Out=EPOLLOUT Error=EPOLLERR
            HangUp=EPOLLHUP ReadHangUp=EPOLLRDHUP Exclusive=EPOLLEXCLUSIVE OneShot=EPOLLONESHOT
            EdgeTriggered=EPOLLET
        PollEvents: None=0 In=POLLIN Priority=POLLPRI Out=POLLOUT Error=POLLERR HangUp=POLLHUP
            Invalid=POLLNVAL ReadHangUp=POLLRDHUP
        EventFdFlags: None=0 Semaphore=EFD_SEMAPHORE NonBlocking=EFD_NONBLOCK
            CloseOnExec=EFD_CLOEXEC
        FileKind: Unknown=0 Fifo=S_IFIFO CharacterDevice=S_IFCHR Directory=S_IFDIR
            BlockDevice=S_IFBLK RegularFile=S_IFREG SymbolicLink=S_IFLNK Socket=S_IFSOCK
        FileSystemKind: Unknown=0 Tmpfs=TMPFS_MAGIC Ramfs=RAMFS_MAGIC
        SeekFrom: Start=SEEK_SET Current=SEEK_CUR End=SEEK_END
        """;

    // The C signature of each import.
    private const string Signatures = """
        accept4: int(int, __SOCKADDR_ARG, socklen_t*, int)
        bind: int(int, __CONST_SOCKADDR_ARG, socklen_t)
        close: int(int)
        connect: int(int, __CONST_SOCKADDR_ARG, socklen_t)
        copy_file_range: ssize_t(int, loff_t*, int, loff_t*, size_t, unsigned)
        epoll_create1: int(int)
        epoll_ctl: int(int, int, int, struct epoll_event*)
        epoll_wait: int(int, struct epoll_event*, int, int)
        eventfd: int(unsigned, int)
        fcntl: int(int, int, ...)
        fstatfs: int(int, struct statfs*)
        getpeername: int(int, __SOCKADDR_ARG, socklen_t*)
        getsockname: int(int, __SOCKADDR_ARG, socklen_t*)
        getsockopt: int(int, int, int, void*, socklen_t*)
        ioctl: int(int, unsigned long, ...)
        listen: int(int, int)
        lseek: off_t(int, off_t, int)
        pipe2: int(int*, int)
        poll: int(struct pollfd*, nfds_t, int)
        pread: ssize_t(int, void*, size_t, off_t)
        preadv2: ssize_t(int, const struct iovec*, int, off_t, int)
        pwrite: ssize_t(int, const void*, size_t, off_t)
        pwritev2: ssize_t(int, const struct iovec*, int, off_t, int)
        read: ssize_t(int, void*, size_t)
        recv: ssize_t(int, void*, size_t, int)
        recvmsg: ssize_t(int, struct msghdr*, int)
        send: ssize_t(int, const void*, size_t, int)
        sendfile: ssize_t(int, int, off_t*, size_t)
        setsockopt: int(int, int, int, const void*, socklen_t)
        shutdown: int(int, int)
        socket: int(int, int, int)
        socketpair: int(int, int, int, int*)
        splice: ssize_t(int, loff_t*, int, loff_t*, size_t, unsigned)
        statx: int(int, const char*, int, unsigned, struct statx*)
        syscall: long(long, ...)
        tee: ssize_t(int, int, size_t, unsigned)
        vmsplice: ssize_t(int, const struct iovec*, size_t, unsigned)
        write: ssize_t(int, const void*, size_t)
        """;

    /// <summary>By name of the enum, then of the member: a C expression.</summary>
    public static readonly Dictionary<string, Dictionary<string, string>> s_enums =
        Enums.ReplaceLineEndings(" ").Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Aggregate(
                new List<(string Enum, string Member)>(),
                (all, word) =>
                {
                    all.Add(word[^1] == ':' ? (word[..^1], "") : (all[^1].Enum, word));
                    return all;
                })
            .Where(pair => pair.Member.Length > 0)
            .GroupBy(pair => pair.Enum, pair => pair.Member.Split('='))
            .ToDictionary(group => group.Key, group => group.ToDictionary(m => m[0], m => m[1]));

    /// <summary>By name of the function: its C type.</summary>
    public static readonly Dictionary<string, string> s_signatures =
        Signatures.Split('\n').Select(line => line.Split(": ")).ToDictionary(w => w[0], w => w[1]);

    /// <summary>Constants outside enums whose name is not C's.</summary>
    public static readonly Dictionary<string, string> s_constants = new()
    {
        ["ModeTypeMask"] = "S_IFMT",
        ["TransferBytesMax"] = "(INT_MAX & ~4095)", // MAX_RW_COUNT, which no header exports.
    };

    /// <summary>Structs that the kernel reads or writes, by their .NET name.</summary>
    public static readonly Dictionary<string, string> s_structs = new()
    {
        ["Iovec"] = "struct iovec",
        ["Msghdr"] = "struct msghdr",
        ["StatFs"] = "struct statfs",
        ["Linger"] = "struct linger",
        ["Statx"] = "struct statx",
        ["PollFd"] = "struct pollfd",
    };

    /// <summary>Fields whose name is not C's.</summary>
    public static readonly Dictionary<string, string> s_fields = new()
    {
        ["_fd"] = "fd",
        ["_events"] = "events",
        ["_returned"] = "revents",
    };
}

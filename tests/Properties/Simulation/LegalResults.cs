// Every result that a call may legally have; each must be met often enough, or a law was never asked about it.
namespace Zerocopy.Properties.Simulation;

internal static class LegalResults
{
    internal static readonly string[] s_all =
    [
        "recv: all", "recv: short", "recv: 0", "recv: 0 by a local close", "recv: EAGAIN empty", "recv: EAGAIN late",
        "recv: ECONNRESET", "recv: ETIMEDOUT", "recv: ENOTCONN", "recv: ENOMEM",
        "recvmsg: all", "recvmsg: short", "recvmsg: cut", "recvmsg: 0", "recvmsg: 0 by a local close",
        "recvmsg: EAGAIN empty", "recvmsg: EAGAIN late", "recvmsg: ECONNRESET", "recvmsg: ENOTCONN", "recvmsg: ENOMEM",
        "peek: a byte", "peek: 0", "peek: 0 by a local close", "peek: EAGAIN empty", "peek: ECONNRESET",
        "peek: ETIMEDOUT", "peek: ENOTCONN", "peek: ENOMEM",
        "send: all", "send: short", "send: EAGAIN full", "send: EAGAIN late", "send: EPIPE", "send: ECONNRESET",
        "send: ETIMEDOUT", "send: ENOTCONN", "send: ENOMEM", "send: ENOBUFS",
        "splice in: all", "splice in: all there is", "splice in: short", "splice in: 0",
        "splice in: 0 by a local close",
        "splice in: 0 with bytes behind it", "splice in: EAGAIN at a mark", "splice in: EAGAIN empty",
        "splice in: EAGAIN late", "splice in: ECONNRESET", "splice in: ETIMEDOUT", "splice in: ENOTCONN",
        "splice in: ENOMEM", "splice in: EINVAL", "splice in: ENOSYS", "splice in: EPERM", "splice in: EOPNOTSUPP",
        "splice in: EXDEV",
        "splice out: all", "splice out: short", "splice out: EAGAIN full", "splice out: EAGAIN late",
        "splice out: EPIPE", "splice out: ECONNRESET", "splice out: ETIMEDOUT", "splice out: ENOTCONN",
        "splice out: ENOMEM", "splice out: ENOBUFS", "splice out: EINVAL", "splice out: ENOSYS", "splice out: EPERM",
        "splice out: EOPNOTSUPP", "splice out: EXDEV",
        "read: all", "read: short",
        "pipe2: as asked", "pipe2: larger", "pipe2: smaller", "pipe2: EMFILE", "pipe2: ENFILE", "pipe2: ENOMEM",
        "pipe2: EPERM", "pipe2: ENOSYS",
        "close: an empty pipe", "close: a full pipe",
        "tcp_info: may have", "tcp_info: has not",
        "death: dead",
        "shutdown: done", "shutdown: ENOTCONN",
    ];
}

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
        "look: all", "look: short", "look: cut", "look: 0", "look: 0 by a local close", "look: EAGAIN empty",
        "look: EAGAIN late", "look: ECONNRESET", "look: ETIMEDOUT", "look: ENOTCONN", "look: ENOMEM",
        "take: all", "take: short",
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

    /// <summary>The same where a pipe of the user's, a mirror or a tee takes part.</summary>
    internal static readonly string[] s_ofPipes =
    [
        "ask: both", "ask: source", "ask: destination", "ask: neither", "at end: yes", "at end: no",
        "tee: all", "tee: all there is", "tee: short", "tee: 0", "tee: EAGAIN empty", "tee: EAGAIN full",
        "tee: EAGAIN late", "tee: EPIPE", "tee: EINVAL", "tee: ENOMEM", "tee: EPERM",
        "write target: all", "write target: short", "write target: EAGAIN full", "write target: EAGAIN late",
        "write target: EPIPE", "write target: EINVAL", "write target: ENOMEM", "write target: EPERM",
        "splice direct: all", "splice direct: short", "splice direct: 0", "splice direct: 0 at a mark",
        "splice direct: 0 by a local close", "splice direct: EAGAIN empty", "splice direct: EAGAIN full",
        "splice direct: EAGAIN late", "splice direct: EAGAIN at a mark", "splice direct: ECONNRESET",
        "splice direct: ETIMEDOUT", "splice direct: EPIPE", "splice direct: ENOMEM", "splice direct: ENOTCONN",
        "splice direct: EINVAL", "splice direct: ENOSYS", "splice direct: EPERM",
        "read pipe: all", "read pipe: short", "read pipe: 0", "read pipe: 0 by a local close",
        "read pipe: EAGAIN empty", "read pipe: EAGAIN late", "read pipe: ENOMEM",
        "write pipe: all", "write pipe: short", "write pipe: EAGAIN full", "write pipe: EAGAIN late",
        "write pipe: EPIPE", "write pipe: ENOMEM",
    ];
}

// Every result that a call of the server may legally have, and every way in which a connection may end; each must be
// met often enough, or a law was never asked about it.
namespace Zerocopy.Properties.Servers;

internal static class ServerResults
{
    internal static readonly string[] s_all =
    [
        "accept: EAGAIN nobody", "accept: ECONNABORTED", "accept: EMFILE",
        "accept: ENETUNREACH", "accept: ENFILE", "accept: ENOBUFS", "accept: ENOMEM", "accept: EPROTO",
        "accept: ETIMEDOUT", "accept: a connection", "answer: ECONNREFUSED", "answer: EHOSTUNREACH",
        "answer: ETIMEDOUT", "answer: connected", "balance: handed over", "balance: kept", "close: a full pipe",
        "close: a listener", "close: after FIN", "close: an empty pipe", "close: by a reset", "close: dead already",
        "close: in the queue", "close: lingered in vain", "close: never used", "close: not connected",
        "close: with FIN", "connect: EACCES", "connect: EADDRNOTAVAIL", "connect: EAGAIN full",
        "connect: ECONNREFUSED", "connect: EINPROGRESS", "connect: ENETUNREACH", "connect: ENOENT", "connect: at once",
        "death: dead", "ended: Aborted", "ended: ClientLeft", "ended: ConnectFailed", "ended: ConnectTimeout",
        "ended: EndOfStream", "ended: Failed", "ended: IdleTimeout", "ended: LeftFailed", "ended: LingerTimeout",
        "ended: NoDescriptors", "ended: RightFailed", "ended: Stopped", "look: 0", "look: EAGAIN empty",
        "look: EAGAIN late", "look: ECONNRESET", "look: ENOMEM", "look: ETIMEDOUT", "look: all", "look: cut",
        "look: short", "pause: full", "peek: 0", "peek: EAGAIN empty", "peek: a byte", "pipe2: EMFILE",
        "pipe2: ENFILE", "pipe2: ENOMEM", "pipe2: EPERM", "pipe2: as asked", "pipe2: larger", "pipe2: smaller",
        "read: all", "read: short", "recv: 0", "recv: 0 after a shutdown", "recv: EAGAIN empty", "recv: EAGAIN late",
        "recv: ECONNRESET", "recv: ENOMEM", "recv: ETIMEDOUT", "recv: all", "recv: short", "recvmsg: 0",
        "recvmsg: EAGAIN empty", "recvmsg: EAGAIN late", "recvmsg: ECONNRESET", "recvmsg: ENOMEM", "recvmsg: all",
        "recvmsg: cut", "recvmsg: short", "send: EAGAIN full", "send: EAGAIN late", "send: ECONNRESET",
        "send: ENOBUFS", "send: ENOMEM", "send: EPIPE", "send: ETIMEDOUT", "send: all", "send: short",
        "shutdown both: done", "shutdown: ENOTCONN", "shutdown: done", "socket: EMFILE", "socket: ENFILE",
        "socket: ENOBUFS", "socket: ENOMEM", "socket: done", "splice in: 0", "splice in: 0 at a mark",
        "splice in: EAGAIN at a mark", "splice in: EAGAIN empty", "splice in: EAGAIN late", "splice in: ECONNRESET",
        "splice in: EINVAL", "splice in: ENOSYS", "splice in: EOPNOTSUPP", "splice in: EPERM", "splice in: ETIMEDOUT",
        "splice in: all", "splice in: short", "splice out: EAGAIN full", "splice out: EAGAIN late",
        "splice out: ECONNRESET", "splice out: EINVAL", "splice out: ENOBUFS", "splice out: ENOMEM",
        "splice out: ENOSYS", "splice out: EOPNOTSUPP", "splice out: EPERM", "splice out: EPIPE",
        "splice out: ETIMEDOUT", "splice out: all", "splice out: short", "start: done", "start: failed", "stop: abort",
        "stop: drain", "stop: nothing to drain", "take error: ECONNREFUSED", "take error: ECONNRESET",
        "take error: EHOSTUNREACH", "take error: EPIPE", "take error: ETIMEDOUT", "take: all", "take: short",
        "watch: ENOMEM", "watch: ENOSPC", "watch: a listener", "watch: a socket",
    ];
}

// Every errno that the manual has for the calls that move bytes in the kernel, injected by strace again and again in
// mid-stream: the same bytes by copying, or a clear error with exact counts from which the next call goes on.
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Faults;

/// <remarks>Not EAGAIN: it promises an edge, which an injected one does not keep. No short returns: bytes that strace
/// hides are lost; <see cref="ShortMoveTests"/> has those.</remarks>
[KernelOnly(Why.Mechanism)]
public sealed class InjectedErrorTests
{
    private const string Calls = "splice,tee,sendfile,copy_file_range";

    // The first two of each thread are left alone: the library asks once whether splice and tee are there.
    private const string When = "when=3+3";

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Errno.EINTR)] // Not in every manual page, but every kernel may.
    [InlineData(Errno.EINVAL)]
    [InlineData(Errno.ENOSYS)]
    [InlineData(Errno.EPERM)]
    [InlineData(Errno.EOPNOTSUPP)]
    [InlineData(Errno.EXDEV)]
    [InlineData(Errno.EBADF)]
    [InlineData(Errno.EFAULT)]
    [InlineData(Errno.EFBIG)]
    [InlineData(Errno.EIO)]
    [InlineData(Errno.EISDIR)]
    [InlineData(Errno.ENOMEM)]
    [InlineData(Errno.ENOSPC)]
    [InlineData(Errno.EOVERFLOW)]
    [InlineData(Errno.ESPIPE)]
    [InlineData(Errno.ETXTBSY)]
    [Cases("X-15")]
    public async Task Every_byte_arrives_or_is_accounted_for(Errno error)
    {
        Assert.SkipUnless(Strace.CanTrace(), "strace is not installed, or may not trace here");
        string[] inject =
        [
            "strace", "-f", "-qq", "--seccomp-bpf", "-o", "/dev/null",
            "-e", $"trace={Calls}", "-e", $"inject={Calls}:error={error}:{When}",
        ];
        string output = await Deadline.OnThread(
            () => ChildProcess.Run<InjectedErrorChild>([$"{(int)error}"], inject));
        Assert.Contains("done", output, StringComparison.Ordinal);
    }
}

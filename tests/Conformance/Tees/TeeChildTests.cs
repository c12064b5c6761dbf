// The same tees and mirrors where tee(2) is refused, and where there are no system calls at all.
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Tees;

/// <remarks>Each in a process of its own: a sandbox cannot be left, and the switch is read once.</remarks>
[KernelOnly(Why.Mechanism)]
public sealed class TeeChildTests
{
    [Theory]
    [InlineData("tees")]
    [InlineData("mirrors")]
    public void Tees_work_by_copying_with_the_switch_on(string what)
        => Assert.Contains("done", ChildProcess.Run<TeeCopyOnlyChild>([what]), StringComparison.Ordinal);

    [Theory]
    [InlineData("tee", Libc.EPerm, "tees")]
    [InlineData("tee", Libc.ENoSys, "tees")]
    [InlineData("tee", Libc.EPerm, "mirrors")]
    [InlineData("tee", Libc.EPerm, "late mirrors")]
    [InlineData("tee", Libc.ENoSys, "late mirrors")]
    [InlineData("splice", Libc.EPerm, "tees")]
    [InlineData("splice", Libc.EPerm, "mirrors")]
    [Cases("X-15", "B-21")]
    public void A_sandbox_changes_no_byte(string refused, int error, string what)
        => Assert.Contains(
            "done", ChildProcess.Run<TeeSandboxChild>([refused, $"{error}", what]), StringComparison.Ordinal);

    [Fact]
    [Cases("X-15")]
    public void A_tee_that_is_refused_half_way_fails_alone() => Assert.Contains(
        "done", ChildProcess.Run<TeeSandboxChild>(["tee", $"{Libc.EPerm}", "late tees"]), StringComparison.Ordinal);

    [Theory]
    [InlineData(Libc.EPerm)]
    [InlineData(Libc.ENoSys)]
    [Cases("X-15")]
    public void RequireZeroCopy_with_a_mirror_is_refused_before_a_byte_has_moved(int error)
        => Assert.Contains(
            "done", ChildProcess.Run<TeeSandboxChild>(["tee", $"{error}", "require"]), StringComparison.Ordinal);
}

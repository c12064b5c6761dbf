// A sandbox that refuses splice or pipe2: the same bytes by copying, and where copying is not allowed, a clear refusal.
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Faults;

/// <remarks>A sandbox cannot be left again, so each case runs in a process of its own. Docker answers EPERM, gVisor
/// ENOSYS.</remarks>
[KernelOnly(Why.Mechanism)]
public sealed class SandboxTests
{
    public static TheoryData<string, int, string> Cases
    {
        get
        {
            TheoryData<string, int, string> cases = [];
            foreach (string call in (string[])["splice", "pipe2"])
            {
                foreach (int error in (int[])[Libc.EPerm, Libc.ENoSys])
                {
                    foreach (string what in (string[])["Async", "Sync", "relay"])
                    {
                        cases.Add(call, error, what);
                    }
                }
            }

            cases.Add("splice", Libc.EPerm, "late");
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    [Cases("X-15", "B-21")]
    public void Auto_copies_every_byte_and_says_why(string refused, int error, string what)
        => Assert.Contains(
            "done", ChildProcess.Run<SandboxChild>([refused, $"{error}", what]), StringComparison.Ordinal);

    [Theory]
    [InlineData("splice", Libc.EPerm, "EPERM")]
    [InlineData("splice", Libc.ENoSys, "ENOSYS")]
    [InlineData("pipe2", Libc.EPerm, "EPERM")]
    [InlineData("pipe2", Libc.ENoSys, "ENOSYS")]
    [Cases("X-15", "B-21")]
    public void RequireZeroCopy_is_refused_before_a_byte_has_moved(string refused, int error, string name)
    {
        string output = ChildProcess.Run<SandboxChild>([refused, $"{error}", "require"]);
        Assert.Contains("done", output, StringComparison.Ordinal);
        Assert.Contains(name, output, StringComparison.Ordinal);
    }
}

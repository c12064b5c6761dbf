// A sandbox that refuses to move files, and what strace sees without one.
using System.Diagnostics;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Files;

[KernelOnly(Why.Mechanism)]
public sealed class FileSandboxTests
{
    [Theory]
    [InlineData(Libc.EPerm, "files")]
    [InlineData(Libc.ENoSys, "files")]
    [InlineData(Libc.EPerm, "all")]
    [InlineData(Libc.ENoSys, "all")]
    [Cases("X-15")]
    public void The_same_bytes_by_copying(int error, string what)
        => Assert.Contains(
            "done", ChildProcess.Run<FileSandboxChild>([$"{error}", what]), StringComparison.Ordinal);

    [Fact]
    [Cases("GS-11")]
    public void The_expected_calls_are_made()
    {
        using PlacedFile log = new(Place.Disk);
        if (!CanTrace(log.Path))
        {
            Assert.Skip("strace is not here, or may not trace");
        }

        string output = ChildProcess.Run<TracedChild>(
            [], "strace", "-f", "-qq", "-o", log.Path, "-e", "trace=sendfile,copy_file_range");
        Assert.Contains("1024 1024", output, StringComparison.Ordinal);
        string[] calls = File.ReadAllLines(log.Path);
        Assert.Contains(calls, call => call.Contains("sendfile(", StringComparison.Ordinal)
            && call.EndsWith("= 1024", StringComparison.Ordinal));
        Assert.Contains(calls, call => call.Contains("copy_file_range(", StringComparison.Ordinal)
            && call.EndsWith("= 1024", StringComparison.Ordinal));
    }

    private static bool CanTrace(string log)
    {
        try
        {
            using Process trial = Process.Start("strace", ["-qq", "-o", log, "true"]);
            trial.WaitForExit();
            return trial.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}

// samples/Proxy without arguments: its demo.
using System.Diagnostics;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Samples;

[KernelOnly(Why.NotTheLibrary)]
public sealed class ProxyDemoTests
{
    [Fact]
    public async Task The_demo_compares_what_arrives_and_shows_both_routes()
    {
        Ended ended = await ProxyProcess.Run("--demo-mib", "16", "--demo-rounds", "500");
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.Contains("│ splice", ended.Output, StringComparison.Ordinal);
        Assert.Contains("│ copy   │ 0 %", ended.Output, StringComparison.Ordinal);
        Assert.Contains("s/GB", ended.Output, StringComparison.Ordinal); // The heading may wrap before it.
        Assert.Contains("SHA-256", ended.Output, StringComparison.Ordinal);
        AssertNobodyIsLeft();
    }

    [Fact]
    public async Task A_mismatch_ends_the_demo_with_exit_code_1()
    {
        Ended ended = await ProxyProcess.Run("--demo-mib", "1", "--demo-rounds", "10", "--demo-spoil");
        Assert.Equal(1, ended.ExitCode);
        Assert.StartsWith("Proxy: SHA-256, up and down: the upstream has ", ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("│", ended.Output, StringComparison.Ordinal);
        AssertNobodyIsLeft();
    }

    private static void AssertNobodyIsLeft()
    {
        long start = Stopwatch.GetTimestamp();
        while (Process.GetProcesses().Any(IsOfDemo))
        {
            Assert.True(Stopwatch.GetElapsedTime(start).TotalSeconds < 5, "a process of the demo is still there");
            Thread.Sleep(50);
        }
    }

    private static bool IsOfDemo(Process process)
    {
        try
        {
            string line = File.ReadAllText($"/proc/{process.Id}/cmdline");
            return line.Contains("Proxy.dll\0demo-", StringComparison.Ordinal)
                || line.Contains("Proxy.dll\0--until-input-ends", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false; // It has ended meanwhile.
        }
    }
}

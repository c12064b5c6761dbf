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
        string[] inOrder = ["A client asks", "one core carries", "│ splice", "│ copy", "SHA-256 agree",
            "CPU of the relay: ", "Speed: ", "Small messages"];
        int at = 0;
        foreach (string words in inOrder)
        {
            int found = ended.Output.IndexOf(words, at, StringComparison.Ordinal);
            Assert.True(found >= at, $"'{words}' is not where it should be:\n{ended.Output}");
            at = found;
        }

        Assert.DoesNotContain("\u001b", ended.Output, StringComparison.Ordinal); // It is no terminal.
        Assert.DoesNotContain("comparing", ended.Output, StringComparison.Ordinal);
        Assert.Equal(11, ended.Output.Count(c => c == '\n')); // Nothing between them, and no line is broken.
        AssertNobodyIsLeft();
    }

    [Fact]
    public async Task A_mismatch_ends_the_demo_with_exit_code_1()
    {
        Ended ended = await ProxyProcess.Run("--demo-mib", "1", "--demo-rounds", "10", "--demo-spoil");
        Assert.Equal(1, ended.ExitCode);
        Assert.StartsWith("Proxy: SHA-256: the upstream sent ", ended.Error, StringComparison.Ordinal);
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

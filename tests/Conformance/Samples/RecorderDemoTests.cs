// samples/Recorder without arguments: its demo.
using System.Diagnostics;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Samples;

[KernelOnly(Why.NotTheLibrary)]
public sealed class RecorderDemoTests
{
    [Fact]
    public async Task The_demo_compares_what_was_sent_with_what_arrived_and_what_is_on_disk()
    {
        Ended ended = await RecorderProcess.Run("--demo-mib", "16");
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.Contains("│ zero-copy", ended.Output, StringComparison.Ordinal);
        Assert.Contains("│ copy      │ 0 %", ended.Output, StringComparison.Ordinal);
        Assert.Contains("one core carries", ended.Output, StringComparison.Ordinal);
        Assert.Contains("\nCPU of the recorder: ", ended.Output, StringComparison.Ordinal);
        Assert.Contains("\nSpeed: ", ended.Output, StringComparison.Ordinal);
        Assert.Contains("all SHA-256 agree", ended.Output, StringComparison.Ordinal);
        await AssertNothingIsLeft();
    }

    [Theory]
    [InlineData("client", "the client got ")]
    [InlineData("recording", "the recording of 1048575 bytes has ")]
    public async Task A_mismatch_ends_the_demo_with_exit_code_1(string spoilt, string why)
    {
        Ended ended = await RecorderProcess.Run("--demo-mib", "1", "--demo-spoil", spoilt);
        Assert.Equal(1, ended.ExitCode);
        Assert.StartsWith("Recorder: SHA-256: the camera sent ", ended.Error, StringComparison.Ordinal);
        Assert.Contains(why, ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("│", ended.Output, StringComparison.Ordinal);
        await AssertNothingIsLeft();
    }

    private static async Task AssertNothingIsLeft()
    {
        Assert.Empty(Directory.GetDirectories(Path.GetTempPath(), "recorder-demo-*"));
        await Deadline.Until("no process of the demo is left", () => !Process.GetProcesses().Any(IsOfDemo), 5000);
    }

    private static bool IsOfDemo(Process process)
    {
        try
        {
            string line = File.ReadAllText($"/proc/{process.Id}/cmdline");
            return line.Contains("Recorder.dll\0demo-", StringComparison.Ordinal)
                || line.Contains("Recorder.dll\0--until-input-ends", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false; // It has ended meanwhile.
        }
    }
}

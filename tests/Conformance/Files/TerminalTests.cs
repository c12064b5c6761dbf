// A terminal at either end. script(1) makes one, with the child on it.
using System.Diagnostics;
using System.Text;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Files;

public sealed class TerminalTests
{
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Family.Tcp, Call.Sync)]
    [InlineData(Family.Tcp, Call.Async)]
    [InlineData(Family.Unix, Call.Sync)]
    [InlineData(Family.Unix, Call.Async)]
    [Cases("GO-11..GO-12")]
    public async Task From_a_socket_to_a_slow_terminal(Family family, Call call)
    {
        string text = await Run(32, null, "write", $"{call}", $"{family}");
        string due = Encoding.ASCII.GetString([.. Enumerable.Range(0, TerminalChild.Bytes).Select(TerminalChild.At)]);
        Assert.StartsWith(due, text, StringComparison.Ordinal);
        Assert.EndsWith("done\r\n", text, StringComparison.Ordinal); // The console sets up its terminal in between.
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    [Cases("GS-09")]
    public async Task A_line_that_somebody_types(Call call)
    {
        string text = await Run(1024, "data\n", "read", $"{call}");
        Assert.Contains("got data\r\ndone", text, StringComparison.Ordinal);
    }

    [KernelOnly(Why.BlockingHandle)]
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    [Cases("X-18")]
    public async Task Nobody_types(Call call)
        => Assert.Contains("done", await Run(1024, null, "park", $"{call}"), StringComparison.Ordinal);

    /// <summary>Runs the child on a terminal of its own.</summary>
    /// <param name="chunk">The terminal is read so many bytes at a time.</param>
    /// <param name="typed">What is typed once the child is ready.</param>
    /// <param name="arguments">For the child.</param>
    /// <returns>What came out of the terminal.</returns>
    private static async Task<string> Run(int chunk, string? typed, params string[] arguments)
    {
        string command = string.Join(
            ' ', [Environment.ProcessPath!, ChildProcess.Word, typeof(TerminalChild).FullName!, .. arguments]);
        using Process? script = Start(command);
        if (script is null)
        {
            Assert.Skip("script(1) is not here");
        }

        using Stream output = script.StandardOutput.BaseStream;
        using StreamWriter input = script.StandardInput;
        StringBuilder text = new();
        byte[] buffer = new byte[chunk];
        for (int count; (count = await output.ReadAsync(buffer).AsTask().Within("the terminal")) > 0;)
        {
            text.Append(Encoding.ASCII.GetString(buffer, 0, count));
            if (typed is not null && text.ToString().Contains("ready", StringComparison.Ordinal))
            {
                await input.WriteAsync(typed);
                await input.FlushAsync();
                typed = null;
            }
        }

        await script.WaitForExitAsync().Within("the child");
        Assert.True(script.ExitCode == 0, $"ended with {script.ExitCode}: {text}");
        return text.ToString();
    }

    private static Process? Start(string command)
    {
        try
        {
            return Process.Start(new ProcessStartInfo("script", ["-q", "-e", "-c", command, "/dev/null"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            });
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}

// samples/FileServer without arguments, and with wrong ones.
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Samples;

[KernelOnly(Why.NotTheLibrary)]
public sealed class FileServerDemoTests
{
    [Fact]
    public async Task The_demo_compares_what_arrived_with_what_it_should_be()
    {
        Ended ended = await ProxyProcess.RunSample("FileServer", "--demo-mib", "8");
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        foreach (string route in (string[])["│ PUT  ", "│ GET  ", "│ GET-parts ", "│ GET-output "])
        {
            Assert.Contains(route, ended.Output, StringComparison.Ordinal);
            Assert.Contains($"{route[2..].Trim()}: CPU of the server: ", ended.Output, StringComparison.Ordinal);
        }

        Assert.Contains("all SHA-256 agree", ended.Output, StringComparison.Ordinal);
        Assert.Contains("Bytes, copied: 0 by sendfile, 0 spliced, ", ended.Output, StringComparison.Ordinal);
        await AssertNothingIsLeft();
    }

    [Fact]
    public async Task A_mismatch_ends_the_demo_with_exit_code_1()
    {
        Ended ended = await ProxyProcess.RunSample("FileServer", "--demo-mib", "1", "--demo-spoil");
        Assert.Equal(1, ended.ExitCode);
        Assert.StartsWith("FileServer: PUT: SHA-256 of ", ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("│", ended.Output, StringComparison.Ordinal);
        await AssertNothingIsLeft();
    }

    [Theory]
    [InlineData("--root and --listen go together", "--listen", "127.0.0.1:0")]
    [InlineData("--root and --listen go together", "--root", "/")]
    [InlineData("'8080' is no end point", "--root", "/", "--listen", "8080")]
    [InlineData("'ls' is no NAME=COMMAND", "--root", "/", "--listen", "127.0.0.1:0", "--run", "ls")]
    [InlineData("'a=c' is no NAME=COMMAND", "--root", "/", "--listen", "a:0", "--run", "a=b", "--run", "a=c")]
    [InlineData("'0' is no number of seconds", "--idle-timeout", "0")]
    [InlineData("'5' is no size", "--put-max", "5")]
    [InlineData("--connections is at least 1", "--root", "/", "--listen", "127.0.0.1:0", "--connections", "0")]
    [InlineData("--demo-mib is 1 to", "--demo-mib", "0")]
    public async Task Wrong_arguments_give_one_clear_line_and_exit_code_2(string why, params string[] arguments)
        => AssertOneLine(await ProxyProcess.RunSample("FileServer", arguments), 2, why);

    [Fact]
    public async Task What_cannot_be_served_gives_one_clear_line_and_exit_code_1()
    {
        using Socket taken = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        string address = endPoint.ToString()!;
        Ended busy = await ProxyProcess.RunSample("FileServer", "--listen", address, "--root", "/");
        AssertOneLine(busy, 1, $"cannot listen on {address}: ");
        Ended nowhere = await ProxyProcess.RunSample("FileServer", "--listen", "127.0.0.1:0", "--root", "/nowhere");
        AssertOneLine(nowhere, 1, "cannot serve /nowhere: there is no such folder");
    }

    private static void AssertOneLine(Ended ended, int exitCode, string why)
    {
        Assert.Equal(exitCode, ended.ExitCode);
        Assert.Empty(ended.Output);
        Assert.StartsWith("FileServer: ", ended.Error, StringComparison.Ordinal);
        Assert.Contains(why, ended.Error, StringComparison.Ordinal);
        Assert.Equal(ended.Error.Length - 1, ended.Error.IndexOf('\n', StringComparison.Ordinal));
    }

    private static async Task AssertNothingIsLeft()
    {
        Assert.Empty(Directory.GetDirectories(Path.GetTempPath(), "fileserver-demo-*"));
        await Deadline.Until("no process of the demo is left", () => !Process.GetProcesses().Any(IsOfDemo), 5000);
    }

    private static bool IsOfDemo(Process process)
    {
        try
        {
            string line = File.ReadAllText($"/proc/{process.Id}/cmdline");
            return line.Contains("FileServer.dll\0demo-", StringComparison.Ordinal)
                || line.Contains("FileServer.dll\0--until-input-ends", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false; // It has ended meanwhile.
        }
    }
}

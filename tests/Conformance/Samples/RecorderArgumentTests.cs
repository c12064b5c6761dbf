// samples/Recorder refuses what it cannot do: one line on standard error, and an exit code that is not zero.
using System.Net;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Samples;

[KernelOnly(Why.NotTheLibrary)]
public sealed class RecorderArgumentTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Theory]
    [InlineData("--listen, --record and --connect go together", "--listen", "127.0.0.1:0")]
    [InlineData("--listen, --record and --connect go together", "--listen", "127.0.0.1:0", "--connect", "127.0.0.1:9")]
    [InlineData("--listen, --record and --connect go together", "--record", "x")]
    [InlineData("'8080' is no end point", "--listen", "8080")]
    [InlineData("'100' is no size", "--rotate", "100")]
    [InlineData("'0MB' is no size", "--rotate", "0MB")]
    [InlineData("'-1KiB' is no size", "--rotate", "-1KiB")]
    [InlineData("'9999999999GiB' is no size", "--rotate", "9999999999GiB")]
    [InlineData("'drop' is neither wait nor detach", "--on-lag", "drop")]
    [InlineData("'--recor'", "--recor", "x")]
    [InlineData("--demo-mib is 1 to", "--demo-mib", "0")]
    public async Task Wrong_arguments_give_one_clear_line_and_exit_code_2(string why, params string[] arguments)
        => AssertOneLine(await RecorderProcess.Run(arguments), 2, why);

    [Fact]
    public async Task A_busy_port_gives_one_clear_line_and_no_file()
    {
        using Socket taken = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        AssertOneLine(await Run(endPoint.ToString()!, "a.ts"), 1, $"cannot listen on {endPoint}: ");
        Assert.Empty(_folder.Files);
    }

    [Theory]
    [InlineData("a.ts", "a.ts")]
    [InlineData("a.ts", "a.ts", "--rotate", "1MiB")]
    [InlineData("a.ts.7", "a.ts", "--rotate", "1MiB")]
    public async Task A_file_that_exists_is_refused_and_left_alone(string there, string name, params string[] options)
    {
        await File.WriteAllTextAsync(_folder.PathOf(there), "precious");
        Ended ended = await Run("127.0.0.1:0", name, options);
        AssertOneLine(ended, 1, $"{there} exists (--append continues it)");
        Assert.Equal("precious", await File.ReadAllTextAsync(_folder.PathOf(there)));
        Assert.Equal([there], _folder.Files);
    }

    [Theory]
    [InlineData("nowhere/a.ts", "Could not find a part of the path")]
    [InlineData(".", "is denied")]
    [InlineData("nowhere/a.ts", "Could not find a part of the path", "--rotate", "1MiB")]
    [InlineData("", "cannot record: ")]
    public async Task A_file_that_cannot_be_written_is_said_at_once(string name, string why, params string[] options)
    {
        string path = name.Length == 0 ? "" : _folder.PathOf(name);
        Ended ended = await RecorderProcess.Run(
            ["--listen", "127.0.0.1:0", "--connect", "127.0.0.1:9", "--record", path, .. options]);
        AssertOneLine(ended, 1, why);
    }

    [Fact]
    public async Task A_device_cannot_be_rotated()
    {
        Ended ended = await RecorderProcess.Run(
            "--listen", "127.0.0.1:0", "--connect", "127.0.0.1:9", "--record", "/dev/null", "--rotate", "1MiB");
        AssertOneLine(ended, 1, "/dev/null is no file that could be followed by another");
    }

    public void Dispose() => _folder.Dispose();

    private Task<Ended> Run(string address, string name, params string[] options) => RecorderProcess.Run(
        ["--listen", address, "--connect", "127.0.0.1:9", "--record", _folder.PathOf(name), .. options]);

    private static void AssertOneLine(Ended ended, int exitCode, string why)
    {
        Assert.Equal(exitCode, ended.ExitCode);
        Assert.Empty(ended.Output);
        Assert.StartsWith("Recorder: ", ended.Error, StringComparison.Ordinal);
        Assert.Contains(why, ended.Error, StringComparison.Ordinal);
        Assert.Equal(ended.Error.Length - 1, ended.Error.IndexOf('\n', StringComparison.Ordinal));
    }
}

// samples/Proxy refuses what it cannot do: one line on standard error, and an exit code that is not zero.
using System.Net;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Samples;

[KernelOnly(Why.NotTheLibrary)]
public sealed class ProxyArgumentTests
{
    [Theory]
    [InlineData("--listen and --connect go together", "--listen", "127.0.0.1:0")]
    [InlineData("--listen and --connect go together", "--connect", "127.0.0.1:9")]
    [InlineData("'8080' is no end point", "--listen", "8080", "--connect", "127.0.0.1:9")]
    [InlineData("'127.0.0.1:99999' is no end point", "--listen", "127.0.0.1:0", "--connect", "127.0.0.1:99999")]
    [InlineData("'::1:80' is no end point", "--listen", "::1:80", "--connect", "127.0.0.1:9")]
    [InlineData("'unix:' is no end point", "--listen", "unix:", "--connect", "127.0.0.1:9")]
    [InlineData("'-1' is no number of seconds", "--listen", "a:0", "--connect", "b:9", "--linger", "-1")]
    [InlineData("'x' is no number of seconds", "--listen", "a:0", "--connect", "b:9", "--idle-timeout", "x")]
    [InlineData("'--liste'", "--liste", "127.0.0.1:0", "--connect", "127.0.0.1:9")]
    [InlineData("--demo-mib is 1 to", "--demo-mib", "0")]
    public async Task Wrong_arguments_give_one_clear_line_and_exit_code_2(string why, params string[] arguments)
    {
        Ended ended = await ProxyProcess.Run(arguments);
        AssertOneLine(ended, 2, why);
    }

    [Fact]
    public async Task A_busy_port_gives_one_clear_line_and_exit_code_1()
    {
        using Socket taken = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        Ended ended = await ProxyProcess.Run("--listen", endPoint.ToString()!, "--connect", "127.0.0.1:9");
        AssertOneLine(ended, 1, $"cannot listen on {endPoint}: ");
    }

    [Fact]
    public async Task A_name_that_nobody_knows_gives_one_clear_line_and_exit_code_1()
    {
        string name = string.Join('.', Enumerable.Repeat(new string('x', 63), 4)); // Too long: no network is asked.
        Ended from = await ProxyProcess.Run("--listen", $"{name}:80", "--connect", "127.0.0.1:9");
        AssertOneLine(from, 1, $"cannot listen on {name}:80: ");
        Ended to = await ProxyProcess.Run("--listen", "127.0.0.1:0", "--connect", $"{name}:80");
        AssertOneLine(to, 1, $"cannot relay to {name}:80: ");
    }

    [Fact]
    public async Task A_unix_socket_that_somebody_listens_on_is_left_alone()
    {
        using Socket taken = SocketPair.Listen(Family.Unix, out EndPoint endPoint);
        Ended ended = await ProxyProcess.Run("--listen", $"unix:{endPoint}", "--connect", "127.0.0.1:9");
        AssertOneLine(ended, 1, $"cannot listen on unix:{endPoint}: ");
        Assert.True(File.Exists(endPoint.ToString()));
        using Socket client = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(endPoint);
    }

    [Fact]
    public async Task A_file_that_is_no_socket_is_left_alone()
    {
        string path = ProxyProcess.NewUnixPath();
        await File.WriteAllTextAsync(path, "precious");
        try
        {
            Ended ended = await ProxyProcess.Run("--listen", $"unix:{path}", "--connect", "127.0.0.1:9");
            AssertOneLine(ended, 1, $"cannot listen on unix:{path}: ");
            Assert.Equal("precious", await File.ReadAllTextAsync(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task A_unix_socket_left_behind_by_a_killed_proxy_is_replaced()
    {
        using Socket upstream = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        string[] arguments = ["--listen", $"unix:{ProxyProcess.NewUnixPath()}", "--connect", endPoint.ToString()!];
        string path;
        using (ProxyProcess killed = await ProxyProcess.Start(null, arguments))
        {
            path = killed.EndPoint.ToString()!;
            killed.Signal("KILL");
            _ = await killed.End();
            Assert.True(File.Exists(path));
        }

        using ProxyProcess proxy = await ProxyProcess.Start(null, arguments);
        using (Socket client = proxy.Connect())
        using (Socket server = await Deadline.OnThread(upstream.Accept).Within("the connection"))
        {
            client.Send("hello"u8);
            Assert.Equal("hello"u8.ToArray(), await Peer.ReadExactly(server, 5).Within("the greeting"));
        }

        Assert.True(File.Exists(path)); // The end of a connection takes no file with it.
        Assert.Equal(0, (await proxy.Stop()).ExitCode);
        Assert.False(File.Exists(path));
    }

    private static void AssertOneLine(Ended ended, int exitCode, string why)
    {
        Assert.Equal(exitCode, ended.ExitCode);
        Assert.Empty(ended.Output);
        Assert.StartsWith("Proxy: ", ended.Error, StringComparison.Ordinal);
        Assert.Contains(why, ended.Error, StringComparison.Ordinal);
        Assert.Equal(ended.Error.Length - 1, ended.Error.IndexOf('\n', StringComparison.Ordinal));
    }
}

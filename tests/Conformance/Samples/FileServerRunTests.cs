// samples/FileServer: the output of commands.
using System.Globalization;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Samples;

[KernelOnly(Why.NotTheLibrary)]
public sealed class FileServerRunTests(FileServerFixture fixture) : IClassFixture<FileServerFixture>
{
    [Theory]
    [InlineData("/run/hello")]
    [InlineData("/run/hello?x=1&$(reboot)")]
    public async Task The_output_is_the_answer_and_its_end_is_the_connections(string target)
    {
        using HttpPeer client = fixture.Connect();
        Answer answer = await client.Ask($"GET {target}");
        Assert.Equal((200, true), (answer.Status, answer.Closes));
        Assert.Equal("hello\n/bin/sh \n", answer.Text); // No argument comes from the client.
    }

    [Fact]
    public async Task Nothing_is_run_for_a_head_or_a_put()
    {
        using HttpPeer head = fixture.Connect();
        Assert.Equal(200, (await head.Ask("HEAD /run/quiet")).Status);
        await head.AssertEnd();
        using HttpPeer put = fixture.Connect();
        put.Send("PUT /run/hello HTTP/1.1\r\nHost: test\r\nContent-Length: 1\r\n\r\nx");
        Assert.Equal(405, (await put.Read()).Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_command_that_is_silent_is_killed_when_the_client_goes_away(bool isReset)
    {
        HttpPeer client = fixture.Connect();
        client.Send("GET /run/quiet HTTP/1.1\r\nHost: test\r\n\r\n");
        Assert.Equal(200, (await client.Read(hasBody: false)).Status);
        List<byte> line = [];
        do
        {
            line.Add((await Peer.ReadExactly(client.Socket, 1).Within("its number"))[0]);
        }
        while (line[^1] != '\n');

        int id = int.Parse(Text(line), CultureInfo.InvariantCulture);
        Assert.True(Directory.Exists($"/proc/{id}"));
        if (isReset)
        {
            client.Socket.LingerState = new System.Net.Sockets.LingerOption(true, 0);
        }

        client.Dispose();
        await Deadline.Until("the command has been killed", () => !Directory.Exists($"/proc/{id}"));
    }

    [Fact]
    public async Task A_command_that_never_ends_is_killed_when_the_client_goes_away_and_its_output_was_spliced()
    {
        const int Bytes = 8 * 1024 * 1024;
        using ProxyProcess server = await fixture.Start("--run", "zeros=exec cat /dev/zero");
        using (HttpPeer client = new(server.Connect()))
        {
            client.Send("GET /run/zeros HTTP/1.1\r\nHost: test\r\n\r\n");
            Assert.Equal(200, (await client.Read(hasBody: false)).Status);
            byte[] zeros = await Peer.ReadExactly(client.Socket, Bytes).Within("the output");
            Assert.False(zeros.AsSpan().ContainsAnyExcept((byte)0));
            Assert.Single(Children(server));
        }

        await Deadline.Until("the command has been killed", () => Children(server).Length == 0);
        Ended ended = await server.Stop();
        Assert.Contains("1 broken", ended.Output, StringComparison.Ordinal);
        Assert.True(FileServerFixture.Totals(ended).Spliced >= Bytes);
    }

    [Fact]
    public async Task A_command_that_fails_after_its_first_word_is_cut_off_and_reported()
    {
        using ProxyProcess server = await fixture.Start("--run", "fail=echo half; exec >&-; exit 3");
        using (HttpPeer client = new(server.Connect()))
        {
            client.Send("GET /run/fail HTTP/1.1\r\nHost: test\r\n\r\n");
            Received received = await Deadline.OnThread(() => ToTheEnd(client.Socket)).Within("the end");
            Assert.Equal(SocketError.ConnectionReset, received.Error);
        }

        Ended ended = await server.Stop();
        Assert.Contains("ended with exit code 3", ended.Error, StringComparison.Ordinal);
        Assert.Contains("1 broken; answers: 2xx 1; ", ended.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exit 3", "exit code 3")]
    [InlineData("no-such-command 2>&-", "exit code 127")]
    [InlineData("kill -9 $$", "exit code 137")]
    public async Task A_command_that_fails_without_a_word_is_an_error_that_says_so(string command, string why)
    {
        using ProxyProcess server = await fixture.Start("--run", $"fail={command}");
        using (HttpPeer client = new(server.Connect()))
        {
            Answer answer = await client.Ask("GET /run/fail");
            Assert.Equal((500, true), (answer.Status, answer.Closes));
            Assert.Contains(why, answer.Text, StringComparison.Ordinal);
            await client.AssertEnd();
        }

        Ended ended = await server.Stop();
        Assert.Contains(why, ended.Error, StringComparison.Ordinal);
        Assert.Contains("0 broken; answers: 5xx 1; ", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_has_nothing_to_say_is_an_empty_answer()
    {
        using ProxyProcess server = await fixture.Start("--run", "nothing=true");
        using HttpPeer client = new(server.Connect());
        Answer answer = await client.Ask("GET /run/nothing");
        Assert.Equal((200, ""), (answer.Status, answer.Text));
    }

    private static Received ToTheEnd(Socket socket)
    {
        byte[] buffer = new byte[1024];
        long read = 0;
        while (true)
        {
            int count = socket.Receive(buffer, SocketFlags.None, out SocketError error);
            if (count == 0 || error != SocketError.Success)
            {
                return new Received(read, error);
            }

            read += count;
        }
    }

    private static string Text(List<byte> bytes) => System.Text.Encoding.ASCII.GetString([.. bytes]).Trim();

    private static string[] Children(ProxyProcess server)
        => [.. Directory.GetDirectories($"/proc/{server.Id}/task")
            .SelectMany(Children).Where(id => id.Length > 0)];

    private static string[] Children(string task)
    {
        try
        {
            return File.ReadAllText($"{task}/children").Split(' ');
        }
        catch (IOException)
        {
            return []; // A thread that has ended.
        }
    }
}

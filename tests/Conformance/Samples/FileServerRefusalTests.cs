// samples/FileServer: what is no proper request gets the right error, and what could be smuggled ends the connection.
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Samples;

[KernelOnly(Why.NotTheLibrary)]
public sealed class FileServerRefusalTests(FileServerFixture fixture) : IClassFixture<FileServerFixture>
{
    private const string Host = "Host: test\r\n";

    [Theory]
    [InlineData(400, "hello\r\n\r\n")]
    [InlineData(400, "GET /small.txt\r\n\r\n")]
    [InlineData(400, "GET  HTTP/1.1\r\n" + Host + "\r\n")]
    [InlineData(400, "GET /small.txt HTTP/1.1 \r\n" + Host + "\r\n")]
    [InlineData(400, "GET /small.txt  HTTP/1.1\r\n" + Host + "\r\n")]
    [InlineData(400, " GET /small.txt HTTP/1.1\r\n" + Host + "\r\n")]
    [InlineData(400, "G(T /small.txt HTTP/1.1\r\n" + Host + "\r\n")]
    [InlineData(400, "GET small.txt HTTP/1.1\r\n" + Host + "\r\n")]
    [InlineData(400, "GET /small.txt#x HTTP/1.1\r\n" + Host + "\r\n")]
    [InlineData(400, "GET /small\t.txt HTTP/1.1\r\n" + Host + "\r\n")]
    [InlineData(400, "GET /small.txt http/1.1\r\n" + Host + "\r\n")]
    [InlineData(505, "GET /small.txt HTTP/2.0\r\n" + Host + "\r\n")]
    [InlineData(400, "GET /small.txt HTTP/1.1\r\n\r\n")]
    [InlineData(400, "GET /small.txt HTTP/1.1\r\n" + Host + Host + "\r\n")]
    [InlineData(400, "GET /small.txt HTTP/1.1\r\nHost : test\r\n\r\n")]
    [InlineData(400, "GET /small.txt HTTP/1.1\r\n" + Host + ": x\r\n\r\n")]
    [InlineData(400, "GET /small.txt HTTP/1.1\r\n" + Host + "no colon\r\n\r\n")]
    [InlineData(400, "GET /small.txt HTTP/1.1\r\n" + Host + " folded: x\r\n\r\n")]
    [InlineData(400, "GET /small.txt HTTP/1.1\r\n" + Host + "X: a\0b\r\n\r\n")]
    [InlineData(400, "GET /small.txt HTTP/1.1\r\n" + Host + "X: a\rb\r\n\r\n")]
    [InlineData(400, "GET /small.txt HTTP/1.1\n")] // At once: what a bare LF ends might never go on.
    [InlineData(400, "GET /small.txt HTTP/1.1\r\nHost: test\n\n")]
    [InlineData(400, "\n")]
    [InlineData(417, "GET /small.txt HTTP/1.1\r\n" + Host + "Expect: magic\r\n\r\n")]
    public async Task What_is_no_request_is_answered_and_the_connection_ends(int status, string request)
        => await AssertLast(status, request);

    [Theory]
    [InlineData(400, "Content-Length: 5\r\nContent-Length: 5\r\n")]
    [InlineData(400, "Content-Length: 5\r\nContent-Length: 6\r\n")]
    [InlineData(400, "Content-Length: 5, 5\r\n")]
    [InlineData(400, "Content-Length: +5\r\n")]
    [InlineData(400, "Content-Length: -5\r\n")]
    [InlineData(400, "Content-Length: 0x5\r\n")]
    [InlineData(400, "Content-Length:\r\n")]
    [InlineData(400, "Content-Length: 99999999999999999999\r\n")]
    [InlineData(400, "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n")]
    [InlineData(400, "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n")]
    [InlineData(501, "Transfer-Encoding: chunked\r\n")]
    [InlineData(501, "Transfer-Encoding: identity\r\n")]
    [InlineData(400, "Content-Length : 5\r\n")]
    [InlineData(411, "")]
    [InlineData(413, "Content-Length: 4194305\r\n")]
    [InlineData(413, "Content-Length: 4194305\r\nExpect: 100-continue\r\n")]
    [InlineData(400, "Content-Length: 5\r\nContent-Range: bytes 0-4/10\r\n")]
    public async Task A_body_whose_end_is_in_doubt_is_not_taken(int status, string fields)
    {
        const string Smuggled = "GET /small.txt HTTP/1.1\r\nHost: test\r\n\r\n";
        string request = $"PUT /smuggled HTTP/1.1\r\n{Host}{fields}\r\n";
        if (status == 411)
        {
            using HttpPeer client = fixture.Connect();
            client.Send(request + Smuggled); // Without a length there is no body: this is the next request indeed.
            Assert.Equal(411, (await client.Read()).Status);
            Assert.Equal("0123456789", (await client.Read()).Text);
        }
        else
        {
            await AssertLast(status, request + Smuggled);
        }

        Assert.False(File.Exists(fixture.PathOf("smuggled")));
    }

    [Theory]
    [InlineData(405, "POST")]
    [InlineData(405, "DELETE")]
    [InlineData(405, "OPTIONS")]
    [InlineData(405, "TRACE")]
    [InlineData(501, "BREW")]
    [InlineData(501, "get")]
    public async Task A_method_that_is_not_served_says_so(int status, string method)
    {
        using HttpPeer client = fixture.Connect();
        Answer answer = await client.Ask($"{method} /small.txt");
        Assert.Equal(status, answer.Status);
        Assert.Equal(status == 405 ? "GET, HEAD, PUT" : null, answer.Fields.GetValueOrDefault("Allow"));
    }

    [Theory]
    [InlineData("/small.txt", "--run", "a=true")]
    [InlineData("/run/a", "--allow-put", "--run", "a=true")] // The output of a command is nothing to be put.
    public async Task What_may_be_asked_instead_is_what_is_served_there(string target, params string[] options)
    {
        using ProxyProcess server = await fixture.Start(options);
        using HttpPeer client = new(server.Connect());
        foreach (string method in (string[])["PUT", "POST"])
        {
            Answer answer = await client.Ask($"{method} {target}");
            Assert.Equal((405, "GET, HEAD"), (answer.Status, answer.Fields["Allow"]));
        }
    }

    [Fact]
    public async Task A_head_that_is_too_large_is_431_whether_it_ends_or_not()
    {
        string half = $"GET /small.txt HTTP/1.1\r\n{Host}X: {new string('x', 8192)}";
        await AssertLast(431, half);
        await AssertLast(431, half + new string('x', 500_000)); // What is on its way is no reason for a reset.
        string fits = $"GET /small.txt HTTP/1.1\r\n{Host}X: {new string('x', 8000)}\r\n\r\n";
        using HttpPeer client = fixture.Connect();
        client.Send(fits + fits + fits);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal("0123456789", (await client.Read()).Text);
        }
    }

    [Fact]
    public async Task A_head_that_does_not_end_is_408()
    {
        using HttpPeer client = fixture.Connect();
        client.Send("GET /small.txt HTTP/1.1\r\n");
        Task<Answer> answer = client.Read();
        for (int i = 0; i < 8 && !answer.IsCompleted; i++)
        {
            await Task.Delay(100); // Each byte in time, all of them too late.
            _ = client.Socket.Send("x"u8, System.Net.Sockets.SocketFlags.None, out _);
        }

        Assert.Equal((408, true), ((await answer).Status, (await answer).Closes));
    }

    [Fact]
    public async Task A_connection_that_says_nothing_ends_without_a_word()
    {
        using ProxyProcess server = await fixture.Start("--idle-timeout", "0.3");
        using HttpPeer silent = new(server.Connect());
        using HttpPeer client = new(server.Connect());
        Assert.Equal(200, (await client.Ask("GET /small.txt")).Status);
        await silent.AssertEnd();
        await client.AssertEnd();
        Assert.Contains("0 broken", (await server.Stop()).Output, StringComparison.Ordinal);
    }

    private async Task AssertLast(int status, string request)
    {
        using HttpPeer client = fixture.Connect();
        client.Send(request);
        Answer answer = await client.Read();
        Assert.Equal((status, true), (answer.Status, answer.Closes));
        await client.AssertEnd();
    }
}

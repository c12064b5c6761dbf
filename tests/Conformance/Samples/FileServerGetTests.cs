// samples/FileServer: GET and HEAD, conditions, and several requests on one connection.
using System.Globalization;
using System.Text;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Samples;

[KernelOnly(Why.NotTheLibrary)]
public sealed class FileServerGetTests(FileServerFixture fixture) : IClassFixture<FileServerFixture>
{
    [Fact]
    public async Task A_file_comes_whole_with_what_there_is_to_say_about_it()
    {
        Answer answer = await fixture.Ask("GET /big.bin");
        Assert.Equal(200, answer.Status);
        Assert.Equal(FileServerFixture.BigBytes, answer.Body.Length);
        Pattern.Default.AssertEqual(answer.Body);
        Assert.Equal("application/octet-stream", answer.Fields["Content-Type"]);
        Assert.Equal("bytes", answer.Fields["Accept-Ranges"]);
        Assert.Equal("keep-alive", answer.Fields["Connection"]);
        Assert.Equal(
            File.GetLastWriteTimeUtc(fixture.PathOf("big.bin")).ToString("r", CultureInfo.InvariantCulture),
            answer.Fields["Last-Modified"]);
        Assert.True(DateTime.TryParseExact(answer.Fields["Date"], "r", CultureInfo.InvariantCulture,
            DateTimeStyles.None, out _));
    }

    [Theory]
    [InlineData("/small.txt", "text/plain; charset=utf-8", "0123456789")]
    [InlineData("/small.txt?query=/../x", "text/plain; charset=utf-8", "0123456789")]
    [InlineData("http://anybody:80/small.txt", "text/plain; charset=utf-8", "0123456789")]
    [InlineData("//sub//inner.json", "application/json", "{}")]
    [InlineData("/sub%2finner%2Ejson", "application/json", "{}")]
    [InlineData("/with%20space.css", "text/css; charset=utf-8", "a {}")]
    [InlineData("/empty.html", "text/html; charset=utf-8", "")]
    public async Task A_path_is_decoded_and_its_name_says_what_it_is(string target, string type, string content)
    {
        Answer answer = await fixture.Ask($"GET {target}");
        Assert.Equal((200, type, content), (answer.Status, answer.Fields["Content-Type"], answer.Text));
    }

    [Theory]
    [InlineData("/nothing")]
    [InlineData("/nothing/at/all")]
    [InlineData("/small.txt/")]
    [InlineData("/small.txt/x")]
    [InlineData("/.put-half")]
    [InlineData("/run")]
    [InlineData("/run/nothing")]
    [InlineData("/run/hello/x")]
    public async Task What_is_no_file_is_not_found_and_the_connection_goes_on(string target)
    {
        using HttpPeer client = fixture.Connect();
        Assert.Equal(404, (await client.Ask($"GET {target}")).Status);
        Assert.Equal(404, (await client.Ask($"HEAD {target}")).Status);
        Assert.Equal("0123456789", (await client.Ask("GET /small.txt")).Text);
    }

    [Fact]
    public async Task A_head_alone_says_the_same_and_has_no_body()
    {
        using HttpPeer client = fixture.Connect();
        Answer head = await client.Ask("HEAD /big.bin");
        Answer whole = await client.Ask("GET /big.bin");
        Assert.Equal(200, head.Status);
        Assert.Equal(whole.Fields.Where(field => field.Key != "Date"), head.Fields.Where(field => field.Key != "Date"));
    }

    [Fact]
    public async Task Requests_in_one_packet_are_answered_in_order()
    {
        using HttpPeer client = fixture.Connect();
        const string Host = " HTTP/1.1\r\nHost: test\r\n";
        client.Send($"GET /small.txt{Host}\r\nHEAD /big.bin{Host}\r\nGET /nothing{Host}\r\nGET /big.bin{Host}\r\n"
            + $"PUT /pipelined.txt{Host}Content-Length: 5\r\n\r\nthere"
            + $"GET /pipelined.txt{Host}Connection: close\r\n\r\n");
        Assert.Equal("0123456789", (await client.Read()).Text);
        Assert.Equal(200, (await client.Read(hasBody: false)).Status);
        Assert.Equal(404, (await client.Read()).Status);
        Pattern.Default.AssertEqual((await client.Read()).Body);
        Assert.Equal(201, (await client.Read()).Status);
        Answer last = await client.Read();
        Assert.Equal(("there", true), (last.Text, last.Closes));
        await client.AssertEnd();
    }

    [Fact]
    public async Task A_head_may_come_byte_by_byte()
    {
        using HttpPeer client = fixture.Connect();
        client.Socket.NoDelay = true;
        foreach (byte b in Encoding.ASCII.GetBytes("\r\nGET /small.txt HTTP/1.1\r\nHost:test\r\n\r\n"))
        {
            client.Send([b]);
            await Task.Yield();
        }

        Assert.Equal("0123456789", (await client.Read()).Text);
    }

    [Theory]
    [InlineData("HTTP/1.0", "", true)]
    [InlineData("HTTP/1.0", "Connection: keep-alive\r\n", false)]
    [InlineData("HTTP/1.1", "Host: a\r\n", false)]
    [InlineData("HTTP/1.1", "Host: a\r\nConnection: x, Close\r\n", true)]
    [InlineData("HTTP/1.1", "Host: a\r\nContent-Length: 3\r\n", true)] // A body that nobody reads is no next request.
    public async Task The_client_says_whether_the_connection_goes_on(string version, string fields, bool closes)
    {
        using HttpPeer client = fixture.Connect();
        client.Send($"GET /small.txt {version}\r\n{fields}\r\n");
        Answer answer = await client.Read();
        Assert.Equal(("0123456789", closes), (answer.Text, answer.Closes));
        if (closes)
        {
            await client.AssertEnd();
        }
        else
        {
            Assert.Equal(200, (await client.Ask("GET /small.txt")).Status);
        }
    }

    [Fact]
    public async Task What_the_client_has_already_is_not_sent_again()
    {
        using HttpPeer client = fixture.Connect();
        Answer first = await client.Ask("GET /small.txt");
        string tag = first.Fields["ETag"];
        string date = first.Fields["Last-Modified"];
        Assert.Equal(304, (await client.Ask("GET /small.txt", $"If-None-Match: \"x\", W/{tag}")).Status);
        Assert.Equal(304, (await client.Ask("HEAD /small.txt", "If-None-Match: *")).Status);
        Assert.Equal(304, (await client.Ask("GET /small.txt", $"If-Modified-Since: {date}")).Status);
        string[][] others =
        [
            ["If-None-Match: \"x\"", $"If-Modified-Since: {date}"],
            ["If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT"],
            ["If-Modified-Since: yesterday"],
        ];
        foreach (string[] fields in others)
        {
            Assert.Equal("0123456789", (await client.Ask("GET /small.txt", fields)).Text);
        }
    }
}

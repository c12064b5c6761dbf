// samples/FileServer: parts of a file.
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Samples;

[KernelOnly(Why.NotTheLibrary)]
public sealed class FileServerRangeTests(FileServerFixture fixture) : IClassFixture<FileServerFixture>
{
    private const int Big = FileServerFixture.BigBytes;

    [Theory]
    [InlineData("0-0", 0, 1)]
    [InlineData("0-4095", 0, 4096)]
    [InlineData("1048575-2097153", 1048575, 1048579)]
    [InlineData("100-", 100, Big - 100)]
    [InlineData("0-99999999999999999999", 0, Big)]
    [InlineData("-5", Big - 5, 5)]
    [InlineData("-99999999999999999999", 0, Big)]
    public async Task A_range_is_a_part(string range, int start, int length)
    {
        Answer answer = await fixture.Ask("GET /big.bin", $"Range: bytes={range}");
        Assert.Equal(206, answer.Status);
        Assert.Equal($"bytes {start}-{start + length - 1}/{Big}", answer.Fields["Content-Range"]);
        Assert.Equal(length, answer.Body.Length);
        Pattern.Default.AssertEqual(answer.Body, start);
    }

    [Theory]
    [InlineData("/small.txt", "10-")]
    [InlineData("/small.txt", "10-20")]
    [InlineData("/small.txt", "99999999999999999999-")]
    [InlineData("/small.txt", "-0")]
    [InlineData("/small.txt", "5-4")]
    [InlineData("/small.txt", "")]
    [InlineData("/small.txt", "-")]
    [InlineData("/small.txt", "x-y")]
    [InlineData("/small.txt", "0x1-2")]
    [InlineData("/small.txt", "1-2-3")]
    [InlineData("/small.txt", "--1")]
    [InlineData("/empty.html", "0-")]
    [InlineData("/empty.html", "-1")]
    public async Task A_range_that_is_not_there_is_416_and_the_connection_goes_on(string target, string range)
    {
        using HttpPeer client = fixture.Connect();
        Answer answer = await client.Ask($"GET {target}", $"Range: bytes={range}");
        long length = new FileInfo(fixture.PathOf(target[1..])).Length;
        Assert.Equal((416, $"bytes */{length}"), (answer.Status, answer.Fields["Content-Range"]));
        Assert.Equal("0123456789", (await client.Ask("GET /small.txt")).Text);
    }

    [Theory]
    [InlineData("GET", "Range: bytes=0-1,3-4")] // Several: HTTP allows the whole.
    [InlineData("GET", "Range: lines=0-1")]
    [InlineData("GET", "Range: bytes=0-1", "If-Range: \"another\"")]
    [InlineData("GET", "Range: bytes=0-1", "Range: bytes=3-4")]
    [InlineData("HEAD", "Range: bytes=0-1")]
    public async Task Otherwise_the_whole_file_is_the_answer(string method, params string[] fields)
    {
        Answer answer = await fixture.Ask($"{method} /small.txt", fields);
        Assert.Equal((200, "10"), (answer.Status, answer.Fields["Content-Length"]));
        Assert.DoesNotContain("Content-Range", answer.Fields.Keys);
    }

    [Fact]
    public async Task A_download_goes_on_where_it_was_cut_off_if_the_file_is_the_same()
    {
        using HttpPeer client = fixture.Connect();
        string tag = (await client.Ask("HEAD /small.txt")).Fields["ETag"];
        Answer rest = await client.Ask("GET /small.txt", "Range: bytes=7-", $"If-Range: {tag}");
        Assert.Equal((206, "789"), (rest.Status, rest.Text));
    }
}

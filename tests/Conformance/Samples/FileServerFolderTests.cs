// samples/FileServer: a folder is its index.html, or a list of what can be asked for.
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Samples;

[KernelOnly(Why.NotTheLibrary)]
public sealed partial class FileServerFolderTests : IClassFixture<FileServerFixture>
{
    private const string Nasty = "<script>alert('&\"%20?#.txt";
    private const string Scheme = "javascript:alert(1)";

    private readonly FileServerFixture _fixture;

    public FileServerFolderTests(FileServerFixture fixture)
    {
        _fixture = fixture;
        if (!Directory.Exists(fixture.PathOf("indexed")))
        {
            _ = Directory.CreateDirectory(fixture.PathOf("indexed"));
            _ = Directory.CreateDirectory(fixture.PathOf("list/deeper/still"));
            File.WriteAllText(fixture.PathOf("indexed/index.html"), "<p>home");
            File.WriteAllText(fixture.PathOf($"list/{Nasty}"), "nasty");
            File.WriteAllText(fixture.PathOf($"list/{Scheme}"), "scheme");
            File.WriteAllText(fixture.PathOf("list/ünï.txt"), "unicode");
            File.WriteAllText(fixture.PathOf("list/.put-half"), "half");
            _ = File.CreateSymbolicLink(fixture.PathOf("list/out"), fixture.Outside);
            _ = File.CreateSymbolicLink(fixture.PathOf("list/in"), "deeper");
            _ = Directory.CreateDirectory(fixture.PathOf("leads-out"));
            _ = File.CreateSymbolicLink(
                fixture.PathOf("leads-out/index.html"), Path.Combine(fixture.Outside, "secret.txt"));
        }
    }

    [Fact]
    public async Task The_index_is_the_answer_for_its_folder()
    {
        Answer answer = await _fixture.Ask("GET /indexed/");
        Assert.Equal((200, "<p>home"), (answer.Status, answer.Text));
        Assert.Equal("text/html; charset=utf-8", answer.Fields["Content-Type"]);
        Assert.Equal(304, (await _fixture.Ask("GET /indexed/", $"If-None-Match: {answer.Fields["ETag"]}")).Status);
        Assert.Equal("home", (await _fixture.Ask("GET /indexed/", "Range: bytes=3-6")).Text);
        Assert.Equal(403, (await _fixture.Ask("GET /leads-out/")).Status);
    }

    [Fact]
    public async Task The_folder_that_is_served_is_listed()
    {
        Answer answer = await _fixture.Ask("GET /");
        Assert.Equal((200, "text/html; charset=utf-8"), (answer.Status, answer.Fields["Content-Type"]));
        Assert.Contains("<a href=\"small.txt\">small.txt</a> (10 bytes)", answer.Text, StringComparison.Ordinal);
        Assert.Contains("<a href=\"sub/\">sub/</a>", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(".put-", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("../", answer.Text, StringComparison.Ordinal);
        Answer head = await _fixture.Ask("HEAD /");
        Assert.Equal((200, answer.Fields["Content-Length"]), (head.Status, head.Fields["Content-Length"]));
    }

    [Fact]
    public async Task Every_name_of_a_list_leads_to_its_file_and_none_is_markup()
    {
        Answer answer = await _fixture.Ask("GET /list/");
        string page = Encoding.UTF8.GetString(answer.Body);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        List<Match> links = Link().Matches(page).ToList();
        Assert.Equal(
            ["../", Nasty, "deeper/", "in/", Scheme, "ünï.txt"],
            links.Select(link => WebUtility.HtmlDecode(link.Groups["name"].Value)));
        foreach (Match link in links.Where(each => !each.Groups["name"].Value.EndsWith('/')))
        {
            string address = link.Groups["address"].Value;
            Assert.DoesNotMatch("[:?#&<'\"]", address);
            Assert.Equal(200, (await _fixture.Ask($"GET /list/{address}")).Status);
        }
    }

    [Theory]
    [InlineData("/list", "/list/")]
    [InlineData("/list/deeper", "/list/deeper/")]
    [InlineData("//list//deeper?x", "/list/deeper/")]
    [InlineData("/list/in", "/list/in/")]
    public async Task A_folder_without_its_slash_is_moved_to_where_its_links_work(string target, string location)
    {
        using HttpPeer client = _fixture.Connect();
        Answer answer = await client.Ask($"GET {target}");
        Assert.Equal((301, location, ""), (answer.Status, answer.Fields["Location"], answer.Text));
        Assert.Equal(200, (await client.Ask($"GET {location}")).Status);
    }

    [Fact]
    public async Task A_folder_outside_is_not_listed()
        => Assert.Equal(403, (await _fixture.Ask("GET /list/out/")).Status);

    [GeneratedRegex("<li><a href=\"(?<address>[^\"]*)\">(?<name>[^<]*)</a>")]
    private static partial Regex Link();
}

// samples/FileServer: nothing outside its folder is served or written, whatever the path looks like.
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Samples;

[KernelOnly(Why.NotTheLibrary)]
public sealed class FileServerPathTests : IClassFixture<FileServerFixture>
{
    private readonly FileServerFixture _fixture;

    public FileServerPathTests(FileServerFixture fixture)
    {
        _fixture = fixture;
        if (!File.Exists(fixture.PathOf("inside")))
        {
            Link("inside", "small.txt");
            Link("sub/back", "../small.txt");
            Link("absolute", fixture.PathOf("small.txt"));
            Link("twice", "inside");
            Link("folder", "sub");
            Link("out", "../root-not/secret.txt");
            Link("out-absolute", Path.Combine(fixture.Outside, "secret.txt"));
            Link("out-twice", "out");
            Link("out-folder", fixture.Outside);
            Link("up", "..");
            Link("loop", "loop");
            Link("to-nothing", "../root-not/new.txt");
            fixture.MakeFifo("fifo");
        }
    }

    [Theory]
    [InlineData("/inside")]
    [InlineData("/sub/back")]
    [InlineData("/absolute")]
    [InlineData("/twice")]
    [InlineData("/folder/back")]
    public async Task A_link_that_stays_inside_is_followed(string target)
        => Assert.Equal("0123456789", (await _fixture.Ask($"GET {target}")).Text);

    [Theory]
    [InlineData(400, "/../root-not/secret.txt")]
    [InlineData(400, "/sub/../small.txt")]
    [InlineData(400, "/..")]
    [InlineData(400, "/sub/..")]
    [InlineData(400, "/%2e%2e/root-not/secret.txt")]
    [InlineData(400, "/.%2E/root-not/secret.txt")]
    [InlineData(400, "/..%2froot-not%2fsecret.txt")]
    [InlineData(400, "/sub%2f..%2f..%2froot-not/secret.txt")]
    [InlineData(400, "/./small.txt")]
    [InlineData(400, "http://test/../root-not/secret.txt")]
    [InlineData(404, "/%252e%252e/root-not/secret.txt")] // Decoded once, it is a name like any other.
    [InlineData(404, "/..%5croot-not%5csecret.txt")]
    [InlineData(404, "/.../small.txt")]
    [InlineData(404, "{outside}/secret.txt")]
    [InlineData(404, "/{outside}/secret.txt")]
    [InlineData(404, "/%2f{outside}/secret.txt")]
    [InlineData(404, "/-not/secret.txt")]
    [InlineData(400, "/small.txt%00.html")]
    [InlineData(400, "/small.txt%0d%0aX:y")]
    [InlineData(400, "/small%")]
    [InlineData(400, "/small%2")]
    [InlineData(400, "/small%zz")]
    [InlineData(400, "/small%+1")]
    [InlineData(400, "/%ff")]
    [InlineData(400, "/%c0%ae%c0%ae/root-not/secret.txt")] // Dots, by an encoding that is none.
    [InlineData(403, "/out")]
    [InlineData(403, "/out-absolute")]
    [InlineData(403, "/out-twice")]
    [InlineData(403, "/out-folder/secret.txt")]
    [InlineData(403, "/up/root-not/secret.txt")]
    [InlineData(404, "/loop")]
    [InlineData(403, "/to-nothing")]
    public async Task No_path_leads_out(int status, string target)
    {
        target = target.Replace("{outside}", _fixture.Outside, StringComparison.Ordinal);
        Answer get = await _fixture.Ask($"GET {target}");
        Answer head = await _fixture.Ask($"HEAD {target}");
        Assert.Equal((status, status), (get.Status, head.Status));
        Assert.DoesNotContain(FileServerFixture.Secret, get.Text, StringComparison.Ordinal);

        string before = Snapshot();
        using HttpPeer client = _fixture.Connect();
        client.Send($"PUT {target} HTTP/1.1\r\nHost: test\r\nContent-Length: 3\r\n\r\nbad");
        int put = (await client.Read()).Status;
        Assert.True(put == status || (status == 404 && put is 409 or 201 or 204), $"{put}");
        Assert.Equal(before, Snapshot());
    }

    [Fact]
    public async Task A_FIFO_is_not_waited_for()
    {
        Answer answer = await _fixture.Ask("GET /fifo");
        Assert.Equal((200, ""), (answer.Status, answer.Text));
    }

    private void Link(string name, string target) => File.CreateSymbolicLink(_fixture.PathOf(name), target);

    /// <summary>What lies outside.</summary>
    private string Snapshot() => string.Join('\n', Directory.GetFiles(_fixture.Outside)
        .Select(path => $"{path}: {File.ReadAllText(path)}"));
}

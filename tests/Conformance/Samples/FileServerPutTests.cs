// samples/FileServer: files that are put.
using System.Globalization;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Samples;

[KernelOnly(Why.NotTheLibrary)]
public sealed class FileServerPutTests(FileServerFixture fixture) : IClassFixture<FileServerFixture>
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5000)]
    [InlineData(70_000)]
    [InlineData(FileServerFixture.PutBytesMax)]
    public async Task A_file_that_was_put_is_there_and_another_one_replaces_it(int length)
    {
        using HttpPeer client = fixture.Connect();
        foreach ((int status, Pattern pattern) in new[] { (201, Pattern.Default), (204, Pattern.Other) })
        {
            client.Send(Head($"/sub/put-{length}", length));
            await Peer.Write(client.Socket, length, finish: false, pattern: pattern).Within("the body");
            Answer answer = await client.Read();
            Assert.Equal((status, false), (answer.Status, answer.Closes));
            Answer got = await client.Ask($"GET /sub/put-{length}");
            Assert.Equal((200, length), (got.Status, got.Body.Length));
            pattern.AssertEqual(got.Body);
        }

        Assert.Empty(Unfinished());
    }

    [Fact]
    public async Task What_came_along_with_the_head_comes_first_and_what_follows_the_body_is_the_next_request()
    {
        const int Length = 100_000;
        byte[] body = Pattern.Default.Bytes(0, Length);
        using HttpPeer client = fixture.Connect();
        client.Send([.. "\r\n"u8, .. Ascii(Head("/mixed", Length)), .. body.AsSpan(0, 2000)]);
        await Task.Delay(20); // So that it is read alone.
        client.Send([.. body.AsSpan(2000), .. "GET /small.txt HTTP/1.1\r\nHost: x\r\n\r\n"u8]);
        Assert.Equal(201, (await client.Read()).Status);
        Assert.Equal("0123456789", (await client.Read()).Text);
        byte[] stored = await File.ReadAllBytesAsync(fixture.PathOf("mixed"));
        Assert.Equal(Length, stored.Length);
        Pattern.Default.AssertEqual(stored);
    }

    [Fact]
    public async Task Who_asks_first_is_told_to_go_on()
    {
        using HttpPeer client = fixture.Connect();
        client.Send(Head("/asked", 5, "Expect: 100-Continue\r\n"));
        Assert.Equal(100, (await client.Read()).Status);
        client.Send("hello");
        Assert.Equal(201, (await client.Read()).Status);
        Assert.Equal("hello", (await client.Ask("GET /asked")).Text);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/sub")]
    [InlineData("/sub/")]
    [InlineData("/nowhere/file")]
    [InlineData("/small.txt/file")]
    public async Task A_file_is_put_only_where_one_can_be(string target)
    {
        using HttpPeer client = fixture.Connect();
        client.Send(Head(target, 3) + "abc");
        Answer answer = await client.Read();
        Assert.Equal((409, true), (answer.Status, answer.Closes));
        Assert.Empty(Unfinished());
    }

    [Fact]
    public async Task Without_permission_nothing_is_put()
    {
        using ProxyProcess server = await fixture.Start();
        using HttpPeer client = new(server.Connect());
        client.Send(Head("/forbidden", 3) + "abc");
        Answer answer = await client.Read();
        Assert.Equal((405, "GET, HEAD"), (answer.Status, answer.Fields["Allow"]));
        Assert.False(File.Exists(fixture.PathOf("forbidden")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Half_a_file_is_no_file(bool isReset)
    {
        string path = fixture.PathOf("small.txt");
        HttpPeer client = fixture.Connect();
        client.Send(Head("/small.txt", 1_000_000));
        client.Send(Pattern.Default.Bytes(0, 200_000));
        await Deadline.Until("it has begun", () => Unfinished().Length == 1);
        if (isReset)
        {
            client.Socket.LingerState = new LingerOption(true, 0);
        }

        client.Dispose();
        await Deadline.Until("nothing is left of it", () => Unfinished().Length == 0);
        Assert.Equal("0123456789", await File.ReadAllTextAsync(path));
    }

    [Fact]
    public async Task A_body_that_does_not_come_is_not_waited_for()
    {
        using ProxyProcess server = await fixture.Start("--allow-put", "--idle-timeout", "0.3");
        using HttpPeer client = new(server.Connect());
        client.Send(Head("/never", 1000) + "the beginning");
        _ = await Peer.Read(client.Socket).Within("the end of the connection");
        await Deadline.Until("nothing is left of it", () => Unfinished().Length == 0);
        Assert.False(File.Exists(fixture.PathOf("never")));
        Assert.Contains("1 broken; answers: none", (await server.Stop()).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_body_is_spliced_unless_it_must_be_copied()
    {
        Assert.True((await Put("--allow-put")).Spliced > FileServerFixture.PutBytesMax * 9L / 10);
        ServerTotals copied = await Put("--allow-put", "--copy-only");
        Assert.Equal((0, 0), (copied.Sendfile, copied.Spliced));
        Assert.InRange(copied.Copied, FileServerFixture.PutBytesMax, FileServerFixture.PutBytesMax + 1000);
    }

    private async Task<ServerTotals> Put(params string[] options)
    {
        using ProxyProcess server = await fixture.Start(options);
        using (HttpPeer client = new(server.Connect()))
        {
            client.Send(Head("/spliced", FileServerFixture.PutBytesMax));
            await Peer.Write(client.Socket, FileServerFixture.PutBytesMax, chunk: 512 * 1024, finish: false)
                .Within("the body");
            Assert.True((await client.Read()).Status is 201 or 204);
        }

        return FileServerFixture.Totals(await server.Stop());
    }

    private string[] Unfinished()
        => [.. Directory.GetFiles(fixture.Root, ".put-*", SearchOption.AllDirectories)
            .Where(path => !path.EndsWith("-half", StringComparison.Ordinal))];

    private static string Head(string target, int length, string fields = "")
        => string.Create(CultureInfo.InvariantCulture,
            $"PUT {target} HTTP/1.1\r\nHost: test\r\nContent-Length: {length}\r\n{fields}\r\n");

    private static byte[] Ascii(string text) => Pattern.Ascii(text).ToArray();
}

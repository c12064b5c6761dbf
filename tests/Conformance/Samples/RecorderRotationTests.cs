// samples/Recorder --rotate: parts of the size that was asked for, and nothing lost or repeated between them.
using System.Net;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Samples;

[KernelOnly(Why.NotTheLibrary)]
public sealed class RecorderRotationTests : IDisposable
{
    private const int PartBytes = 1_000_000; // No multiple of a page.

    private readonly TempFolder _folder = new();

    [Theory]
    [InlineData(8_388_608, 9)]
    [InlineData(PartBytes - 1, 1)]
    [InlineData(PartBytes, 1)] // No empty file behind a full one.
    [InlineData(PartBytes + 1, 2)]
    [InlineData(3 * PartBytes, 3)]
    [InlineData(0, 1)]
    public async Task The_parts_one_after_the_other_are_the_stream(long streamBytes, int parts)
    {
        using Socket upstream = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        using RecorderProcess recorder = await RecorderProcess.Listen(
            endPoint, _folder.PathOf("a.ts"), "--rotate", "1MB");
        await recorder.Stream(upstream, streamBytes);
        Ended ended = await recorder.Stop();
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        string[] names = [.. Enumerable.Range(0, parts).Select(Name)];
        Assert.Equal(names.Order(StringComparer.Ordinal), _folder.Files);
        Assert.All(names.SkipLast(1), name => Assert.Equal(PartBytes, new FileInfo(_folder.PathOf(name)).Length));
        _folder.AssertStream(streamBytes, null, names);
        string last = parts == 1 ? "" : $" to .{parts - 1}";
        Assert.Contains(
            $"; {streamBytes} bytes recorded in {_folder.PathOf("a.ts")}{last}, ended by EndOfStream\n",
            ended.Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Small_parts_of_a_long_stream_are_whole()
    {
        const int Small = 5000;
        const int Parts = 400;
        using Socket upstream = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        using RecorderProcess recorder = await RecorderProcess.Listen(
            endPoint, _folder.PathOf("a.ts"), "--rotate", "5KB");
        await recorder.Stream(upstream, Small * Parts);
        Assert.Equal(0, (await recorder.Stop()).ExitCode);
        _folder.AssertStream(Small * Parts, null, [.. Enumerable.Range(0, Parts).Select(Name)]);
        Assert.Equal(Parts, _folder.Files.Length);
    }

    [Fact]
    public async Task Later_connections_have_parts_of_their_own()
    {
        using Socket upstream = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        using RecorderProcess recorder = await RecorderProcess.Listen(
            endPoint, _folder.PathOf("a.ts"), "--rotate", "1MB");
        await recorder.Stream(upstream, PartBytes + 5);
        await recorder.Stream(upstream, (2 * PartBytes) + 5, Pattern.Other);
        Assert.Equal(0, (await recorder.Stop()).ExitCode);
        Assert.Equal(["a-2.ts", "a-2.ts.1", "a-2.ts.2", "a.ts", "a.ts.1"], _folder.Files);
        _folder.AssertStream(PartBytes + 5, null, "a.ts", "a.ts.1");
        _folder.AssertStream((2 * PartBytes) + 5, Pattern.Other, "a-2.ts", "a-2.ts.1", "a-2.ts.2");
    }

    [Theory]
    [InlineData(300)] // The last part is continued.
    [InlineData(PartBytes)] // It is full: the next one is begun.
    public async Task Append_continues_the_last_part(int there)
    {
        using Socket upstream = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        await File.WriteAllBytesAsync(_folder.PathOf("a.ts"), Pattern.Default.Bytes(0, PartBytes));
        await File.WriteAllBytesAsync(_folder.PathOf("a.ts.1"), Pattern.Default.Bytes(PartBytes, there));
        using RecorderProcess recorder = await RecorderProcess.Listen(
            endPoint, _folder.PathOf("a.ts"), "--rotate", "1MB", "--append");
        using (Socket camera = recorder.Process.Connect())
        using (Socket viewer = await Deadline.OnThread(upstream.Accept).Within("the connection"))
        {
            Task<long> writer = Peer.Write(camera, PartBytes, start: PartBytes + there);
            await Peer.AssertAll(PartBytes, writer, Peer.Read(viewer, start: PartBytes + there));
        }

        Assert.Equal(0, (await recorder.Stop()).ExitCode);
        Assert.Equal(["a.ts", "a.ts.1", "a.ts.2"], _folder.Files);
        Assert.Equal(PartBytes, new FileInfo(_folder.PathOf("a.ts.1")).Length);
        _folder.AssertStream((2 * PartBytes) + there, null, "a.ts", "a.ts.1", "a.ts.2");
    }

    [Fact]
    public async Task A_part_that_cannot_be_written_ends_the_recording_alone()
    {
        const long StreamBytes = 8 * 1024 * 1024;
        using Socket upstream = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        Directory.CreateDirectory(_folder.PathOf("a.ts.2")); // Where the third part should go.
        using RecorderProcess recorder = await RecorderProcess.Listen(
            endPoint, _folder.PathOf("a.ts"), "--rotate", "1MB");
        await recorder.Stream(upstream, StreamBytes);
        Ended ended = await recorder.Stop();
        Assert.Equal(0, ended.ExitCode);
        Assert.Contains(
            $"{StreamBytes} bytes came, ended by EndOfStream; {StreamBytes} bytes live, 0 back; ", ended.Output);
        Assert.Contains($"{2 * PartBytes} bytes recorded in ", ended.Output, StringComparison.Ordinal);
        Assert.Contains("ended by Failed: Access to the path", ended.Output, StringComparison.Ordinal);
        _folder.AssertStream(2 * PartBytes, null, "a.ts", "a.ts.1");
    }

    public void Dispose() => _folder.Dispose();

    private static string Name(int part) => part == 0 ? "a.ts" : $"a.ts.{part}";
}

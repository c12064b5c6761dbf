// samples/Recorder relays and records: the same bytes to both.
using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Samples;

[KernelOnly(Why.NotTheLibrary)]
public sealed class RecorderRelayTests : IDisposable
{
    private const long StreamBytes = 8 * 1024 * 1024;

    private readonly TempFolder _folder = new();

    [Theory]
    [InlineData(Family.Tcp, Family.Tcp)]
    [InlineData(Family.Unix, Family.Unix)]
    public async Task What_the_client_gets_live_is_on_disk_too(Family listening, Family target)
    {
        using Socket upstream = SocketPair.Listen(target, out EndPoint endPoint);
        string address = listening == Family.Tcp ? "127.0.0.1:0" : $"unix:{ProxyProcess.NewUnixPath()}";
        using RecorderProcess recorder = await RecorderProcess.Start(address, endPoint, _folder.PathOf("a.ts"));
        Assert.EndsWith(
            $", relaying to {ProxyProcess.Text(endPoint)}, recording in {_folder.PathOf("a.ts")}",
            recorder.FirstLine,
            StringComparison.Ordinal);
        await recorder.Stream(upstream, StreamBytes);
        Ended ended = await recorder.Stop();
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.StartsWith(
            $"connection 1: {StreamBytes} bytes came, ended by EndOfStream; {StreamBytes} bytes live, 0 back; "
                + $"{StreamBytes} bytes recorded in "
                + $"{_folder.PathOf("a.ts")}, ended by EndOfStream\nconnections: 1; ",
            ended.Output,
            StringComparison.Ordinal);
        _folder.AssertStream(StreamBytes, null, "a.ts");
        RecorderTotals totals = RecorderProcess.Totals(ended);
        Assert.Equal(StreamBytes, totals.SocketsSpliced + totals.SocketsCopied);
        Assert.Equal(StreamBytes, totals.Teed + totals.TeesCopied);
        Assert.Equal(StreamBytes, totals.FilesSpliced + totals.FilesCopied);
        Assert.True(totals.SocketsSpliced > totals.SocketsCopied, ended.Output);
        Assert.True(totals.Teed > totals.TeesCopied, ended.Output);
        Assert.True(totals.FilesSpliced > totals.FilesCopied, ended.Output);
    }

    [Fact]
    public async Task What_goes_back_to_the_camera_is_not_recorded()
    {
        const long Back = 1024 * 1024;
        using Socket upstream = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        using RecorderProcess recorder = await RecorderProcess.Listen(endPoint, _folder.PathOf("a.ts"));
        using (Socket camera = recorder.Process.Connect())
        using (Socket viewer = await Deadline.OnThread(upstream.Accept).Within("the connection"))
        {
            Task<long> up = Peer.Write(camera, StreamBytes);
            Task<long> down = Peer.Write(viewer, Back, pattern: Pattern.Other);
            Task<Received> lower = Peer.Read(camera, pattern: Pattern.Other);
            await Peer.AssertAll(StreamBytes, up, Peer.Read(viewer));
            await Peer.AssertAll(Back, down, lower);
        }

        Ended ended = await recorder.Stop();
        Assert.Contains($"{StreamBytes} bytes live, {Back} back; ", ended.Output, StringComparison.Ordinal);
        _folder.AssertStream(StreamBytes, null, "a.ts");
    }

    [Fact]
    public async Task Copy_only_copies_every_byte()
    {
        using Socket upstream = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        using RecorderProcess recorder = await RecorderProcess.Listen(
            endPoint, _folder.PathOf("a.ts"), "--copy-only");
        await recorder.Stream(upstream, StreamBytes);
        RecorderTotals totals = RecorderProcess.Totals(await recorder.Stop());
        Assert.Equal(new RecorderTotals(0, StreamBytes, 0, StreamBytes, 0, StreamBytes), totals);
        _folder.AssertStream(StreamBytes, null, "a.ts");
    }

    [Fact]
    public async Task Later_connections_have_the_next_free_number()
    {
        using Socket upstream = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        await File.WriteAllTextAsync(_folder.PathOf("a-2.ts"), "precious");
        using RecorderProcess recorder = await RecorderProcess.Listen(endPoint, _folder.PathOf("a.ts"));
        await recorder.Stream(upstream, 1000);
        await recorder.Stream(upstream, 200_000, Pattern.Other);
        await recorder.Stream(upstream, 0);
        Assert.Equal(0, (await recorder.Stop()).ExitCode);
        Assert.Equal(["a-2.ts", "a-3.ts", "a-4.ts", "a.ts"], _folder.Files);
        Assert.Equal("precious", await File.ReadAllTextAsync(_folder.PathOf("a-2.ts")));
        _folder.AssertStream(1000, null, "a.ts");
        _folder.AssertStream(200_000, Pattern.Other, "a-3.ts");
        _folder.AssertStream(0, null, "a-4.ts");
    }

    [Fact]
    public async Task Two_cameras_at_once_are_recorded_apart()
    {
        using Socket upstream = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        using RecorderProcess recorder = await RecorderProcess.Listen(endPoint, _folder.PathOf("camera"));
        using (Socket first = recorder.Process.Connect())
        using (Socket firstViewer = await Deadline.OnThread(upstream.Accept).Within("the first connection"))
        {
            first.Send("first"u8);
            byte[] word = new byte[5];
            int read = await Deadline.OnThread(() => firstViewer.Receive(word)).Within("the word");
            Assert.Equal("first", Encoding.ASCII.GetString(word, 0, read)); // Its recording has begun.
            await recorder.Stream(upstream, StreamBytes);
            first.Shutdown(SocketShutdown.Send);
            Assert.Equal(string.Empty, await Peer.ReadText(firstViewer).Within("the end"));
        }

        Assert.Equal(0, (await recorder.Stop()).ExitCode);
        Assert.Equal("first", await File.ReadAllTextAsync(_folder.PathOf("camera")));
        _folder.AssertStream(StreamBytes, null, "camera-2");
    }

    [Fact]
    public async Task Append_continues_what_is_there()
    {
        using Socket upstream = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        await File.WriteAllBytesAsync(_folder.PathOf("a.ts"), Pattern.Default.Bytes(0, 4321));
        using RecorderProcess recorder = await RecorderProcess.Listen(endPoint, _folder.PathOf("a.ts"), "--append");
        using (Socket camera = recorder.Process.Connect())
        using (Socket viewer = await Deadline.OnThread(upstream.Accept).Within("the connection"))
        {
            Task<long> writer = Peer.Write(camera, StreamBytes, start: 4321);
            await Peer.AssertAll(StreamBytes, writer, Peer.Read(viewer, start: 4321));
        }

        Assert.Equal(0, (await recorder.Stop()).ExitCode);
        _folder.AssertStream(4321 + StreamBytes, null, "a.ts");
    }

    public void Dispose() => _folder.Dispose();
}

// samples/Recorder: what ends the live stream, what ends the recording, and that neither takes the other with it.
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Samples;

[KernelOnly(Why.NotTheLibrary)]
public sealed class RecorderEndingTests : IDisposable
{
    private const long StreamBytes = 8 * 1024 * 1024;

    private readonly TempFolder _folder = new();

    [Fact]
    public async Task A_full_disk_does_not_end_the_live_stream()
    {
        using Socket upstream = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        using RecorderProcess recorder = await RecorderProcess.Listen(endPoint, "/dev/full");
        await recorder.Stream(upstream, StreamBytes);
        await recorder.Stream(upstream, StreamBytes); // A device has no number.
        Ended ended = await recorder.Stop();
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        string[] lines = ended.Output.Split('\n');
        Assert.All(lines[..2], line =>
        {
            Assert.Contains($"{StreamBytes} bytes came, ended by EndOfStream; {StreamBytes} bytes live, 0 back; "
                + "0 bytes recorded in /dev/full, ended by Failed: ", line, StringComparison.Ordinal);
            Assert.Contains("No space left on device", line, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task A_file_that_can_no_longer_be_made_leaves_the_stream_unrecorded()
    {
        using Socket upstream = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        string folder = _folder.PathOf("records");
        Directory.CreateDirectory(folder);
        using RecorderProcess recorder = await RecorderProcess.Listen(endPoint, Path.Combine(folder, "a.ts"));
        await recorder.Stream(upstream, 1000);
        Directory.Delete(folder, recursive: true);
        await recorder.Stream(upstream, StreamBytes);
        Ended ended = await recorder.Stop();
        Assert.Equal(0, ended.ExitCode);
        Assert.StartsWith("connection 2 is not recorded: Could not find", ended.Error, StringComparison.Ordinal);
        Assert.Contains(
            $"connection 2: {StreamBytes} bytes came, ended by EndOfStream; {StreamBytes} bytes live, 0 back; "
                + "not recorded\n",
            ended.Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reset_camera_leaves_what_it_has_sent()
    {
        using Socket upstream = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        using RecorderProcess recorder = await RecorderProcess.Listen(endPoint, _folder.PathOf("a.ts"));
        using (Socket camera = recorder.Process.Connect())
        using (Socket viewer = await Deadline.OnThread(upstream.Accept).Within("the connection"))
        {
            Task<long> writer = Peer.Write(camera, StreamBytes, finish: false);
            Received received = await Peer.Read(viewer, max: StreamBytes).Within("the stream");
            Assert.Equal(new Received(StreamBytes, SocketError.Success), received);
            Assert.Equal(StreamBytes, await writer);
            SocketPair.Reset(camera);
            Assert.Equal(new Received(0, SocketError.ConnectionReset), await Peer.Read(viewer).Within("the reset"));
        }

        Ended ended = await recorder.Stop();
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.Contains("ended by SourceFailed; ", ended.Output, StringComparison.Ordinal);
        Assert.Contains($"; {StreamBytes} bytes recorded in ", ended.Output, StringComparison.Ordinal);
        Assert.Contains(", ended by SourceClosed\n", ended.Output, StringComparison.Ordinal);
        _folder.AssertStream(StreamBytes, null, "a.ts");
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT", "--rotate", "1MB")]
    public async Task A_signal_cuts_a_camera_off_that_never_ends_and_keeps_every_byte(
        string signal, params string[] options)
    {
        using Socket upstream = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        using RecorderProcess recorder = await RecorderProcess.Listen(endPoint, _folder.PathOf("a.ts"), options);
        using Socket camera = recorder.Process.Connect();
        using Socket viewer = await Deadline.OnThread(upstream.Accept).Within("the connection");
        Task<long> writer = Peer.Write(camera, StreamBytes, finish: false);
        Received received = await Peer.Read(viewer, max: StreamBytes).Within("the stream");
        Assert.Equal(new Received(StreamBytes, SocketError.Success), received);
        Assert.Equal(StreamBytes, await writer);

        recorder.Process.Signal(signal);
        long start = Stopwatch.GetTimestamp();
        Ended ended = await recorder.Process.End();
        Assert.True(Stopwatch.GetElapsedTime(start).TotalSeconds < 4);
        Assert.Equal(0, ended.ExitCode);
        Assert.Equal("stopping: 1 connection has 1 s to end; Ctrl-C again ends it now\n", ended.Error);
        Assert.Contains(
            $"{StreamBytes} bytes came, ended by Canceled; {StreamBytes} bytes live, 0 back; ", ended.Output);
        Assert.Contains(", ended by SourceClosed\nconnections: 1; ", ended.Output, StringComparison.Ordinal);
        string[] parts = options.Length == 0
            ? ["a.ts"] : ["a.ts", .. Enumerable.Range(1, 8).Select(part => $"a.ts.{part}")];
        _folder.AssertStream(StreamBytes, null, parts);
    }

    public void Dispose() => _folder.Dispose();
}

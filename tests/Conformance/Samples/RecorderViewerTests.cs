// samples/Recorder records whoever watches, and nobody: what becomes of the viewer is nothing to the recording.
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Samples;

[KernelOnly(Why.NotTheLibrary)]
public sealed class RecorderViewerTests : IDisposable
{
    private const long StreamBytes = 16 * 1024 * 1024; // More than sockets and pipes hold.

    private readonly TempFolder _folder = new();

    [Theory]
    [InlineData]
    [InlineData("--copy-only")]
    [InlineData("--rotate", "8MiB")]
    [InlineData("--on-lag", "wait")]
    public async Task What_nobody_watches_is_recorded_whole(params string[] options)
    {
        using RecorderProcess recorder = await RecorderProcess.Listen(Nobody(), _folder.PathOf("a.ts"), options);
        await Send(recorder);
        Ended ended = await recorder.Stop();
        Assert.Equal(0, ended.ExitCode);
        Assert.Matches("^connection 1 has no viewer: .*ECONNREFUSED.*\n$", ended.Error);
        Assert.Contains($"{StreamBytes} bytes came, ended by EndOfStream; 0 bytes live, 0 back, no viewer: ",
            ended.Output, StringComparison.Ordinal);
        Assert.Contains($"; {StreamBytes} bytes recorded in ", ended.Output, StringComparison.Ordinal);
        Assert.Contains("\nconnections: 1, 1 not watched to the end; ", ended.Output, StringComparison.Ordinal);
        string[] parts = options is ["--rotate", ..] ? ["a.ts", "a.ts.1"] : ["a.ts"];
        Assert.Equal(parts, _folder.Files);
        _folder.AssertStream(StreamBytes, null, parts);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [InlineData(true, "--rotate", "8MiB")]
    [InlineData(false, "--copy-only")]
    public async Task Who_leaves_early_leaves_the_recording_whole(bool isReset, params string[] options)
    {
        const int First = 100_000;
        using Socket upstream = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        using RecorderProcess recorder = await RecorderProcess.Listen(endPoint, _folder.PathOf("a.ts"), options);
        using Socket camera = recorder.Process.Connect();
        Socket viewer = await Deadline.OnThread(upstream.Accept).Within("the connection");
        Task<long> writer = Peer.Write(camera, StreamBytes);
        Assert.Equal(
            new Received(First, SocketError.Success), await Peer.Read(viewer, max: First).Within("the beginning"));
        viewer.LingerState = new LingerOption(isReset, 0);
        viewer.Dispose();

        Assert.Equal(StreamBytes, await writer.Within("the camera"));
        Assert.Equal(new Received(0, SocketError.Success), await Peer.Read(camera).Within("the end of the recording"));
        Ended ended = await recorder.Stop();
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.Contains(" back, no viewer: ", ended.Output, StringComparison.Ordinal);
        Assert.Contains($"; {StreamBytes} bytes recorded in ", ended.Output, StringComparison.Ordinal);
        _folder.AssertStream(StreamBytes, null, options is ["--rotate", ..] ? ["a.ts", "a.ts.1"] : ["a.ts"]);
    }

    [Fact]
    public async Task The_camera_is_not_told_that_its_viewer_has_nothing_more_to_say()
    {
        using Socket upstream = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        using RecorderProcess recorder = await RecorderProcess.Listen(endPoint, _folder.PathOf("a.ts"));
        using (Socket camera = recorder.Process.Connect())
        using (Socket viewer = await Deadline.OnThread(upstream.Accept).Within("the connection"))
        {
            viewer.Send("go"u8);
            viewer.Shutdown(SocketShutdown.Send);
            Assert.Equal("go"u8.ToArray(), await Peer.ReadExactly(camera, 2).Within("what it says"));
            Task<long> writer = Peer.Write(camera, StreamBytes);
            Task<Received> end = Peer.Read(camera); // Whole, or it would take a reset for its end.
            await Peer.AssertAll(StreamBytes, writer, Peer.Read(viewer));
            Assert.Equal(new Received(0, SocketError.Success), await end.Within("the end"));
        }

        Ended ended = await recorder.Stop();
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.Contains($"{StreamBytes} bytes live, 2 back; ", ended.Output, StringComparison.Ordinal);
        _folder.AssertStream(StreamBytes, null, "a.ts");
    }

    [Fact]
    public async Task Where_nobody_answers_the_camera_waits_for_seconds_and_not_for_minutes()
    {
        using Socket full = SocketPair.Listen(Family.Unix, out EndPoint endPoint);
        full.Listen(0); // One waits to be accepted; the next one is not even let in.
        using Socket waiting = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        waiting.Connect(endPoint);
        using RecorderProcess recorder = await RecorderProcess.Listen(endPoint, _folder.PathOf("a.ts"));
        long start = Stopwatch.GetTimestamp();
        await Send(recorder);
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 4, 15);
        Ended ended = await recorder.Stop();
        Assert.Equal("connection 1 has no viewer: no answer within 5 s\n", ended.Error);
        _folder.AssertStream(StreamBytes, null, "a.ts");
    }

    [Fact]
    public async Task A_signal_keeps_what_came_though_the_viewer_reads_nothing()
    {
        using Socket upstream = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        using RecorderProcess recorder = await RecorderProcess.Listen(endPoint, _folder.PathOf("a.ts"));
        using Socket camera = recorder.Process.Connect();
        using Socket viewer = await Deadline.OnThread(upstream.Accept).Within("the connection");
        Task<long> writer = Peer.Write(camera, 8 * StreamBytes); // It waits for the viewer, and is cut off.
        await Task.Delay(300);
        Ended ended = await recorder.Stop();
        Assert.True(await writer.Within("the camera") < 8 * StreamBytes);
        Assert.Equal((0, ""), (ended.ExitCode, ended.Trouble));
        Assert.Contains(" bytes came, ended by Canceled; ", ended.Output, StringComparison.Ordinal);
        long recorded = new FileInfo(_folder.PathOf("a.ts")).Length;
        Assert.True(recorded > 0);
        Assert.Contains($"; {recorded} bytes recorded in ", ended.Output, StringComparison.Ordinal);
        _folder.AssertStream(recorded, null, "a.ts");
    }

    [Fact]
    public async Task A_recording_that_stalls_is_left_though_nobody_watches()
    {
        string path = _folder.PathOf("fifo");
        using (Process make = Process.Start("mkfifo", path))
        {
            await make.WaitForExitAsync().Within("mkfifo");
        }

        Task<FileStream> open = Deadline.OnThread(
            () => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0));
        using RecorderProcess recorder = await RecorderProcess.Listen(Nobody(), path, "--on-lag", "detach");
        using FileStream fifo = await open.Within("the FIFO");
        await Send(recorder);
        Ended ended = await recorder.Stop();
        Assert.Contains($"{StreamBytes} bytes came, ended by EndOfStream; ", ended.Output, StringComparison.Ordinal);
        Assert.Contains(", ended by Lagged\n", ended.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>An address that was free a moment ago, and nobody listens there now.</summary>
    private static EndPoint Nobody()
    {
        using Socket listener = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        return endPoint;
    }

    /// <summary>Sends the stream, and returns when the recorder has ended the connection.</summary>
    private static async Task Send(RecorderProcess recorder)
    {
        using Socket camera = recorder.Process.Connect();
        Task<long> writer = Peer.Write(camera, StreamBytes);
        Assert.Equal(new Received(0, SocketError.Success), await Peer.Read(camera).Within("the end of the recording"));
        Assert.Equal(StreamBytes, await writer);
    }
}

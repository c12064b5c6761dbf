// samples/Recorder --on-lag: a recording that stalls, here a FIFO that nobody reads.
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Samples;

[KernelOnly(Why.NotTheLibrary)]
public sealed class RecorderLagTests : IDisposable
{
    private const long StreamBytes = 8 * 1024 * 1024;

    private readonly TempFolder _folder = new();

    [Fact]
    public async Task Detach_goes_on_without_a_recording_that_stalls()
    {
        const int First = 100_000;
        using Socket upstream = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        (RecorderProcess recorder, FileStream fifo) = await Start(endPoint, "--on-lag", "detach");
        using (recorder)
        using (fifo)
        using (Socket camera = recorder.Process.Connect())
        using (Socket viewer = await Deadline.OnThread(upstream.Accept).Within("the connection"))
        {
            Assert.Equal(First, await Peer.Write(camera, First, finish: false));
            byte[] beginning = new byte[First];
            await Deadline.OnThread(() => fifo.ReadExactly(beginning)).Within("the beginning");
            Pattern.Default.AssertEqual(beginning);

            Task<long> writer = Peer.Write(camera, StreamBytes - First, start: First);
            Assert.Equal(
                new Received(StreamBytes, SocketError.Success), await Peer.Read(viewer).Within("the stream"));
            Assert.Equal(StreamBytes - First, await writer);
            long read = 0;
            Task reading = Deadline.OnThread(() => read = ReadToEnd(fifo, First));
            viewer.Dispose();
            Ended ended = await recorder.Stop();
            await reading.Within("the end of the recording");
            Assert.Equal((0, ""), (ended.ExitCode, ended.Trouble));
            Assert.Contains(
                $"{StreamBytes} bytes came, ended by EndOfStream; {StreamBytes} bytes live, 0 back; ", ended.Output);
            Assert.Contains($"; {read} bytes recorded in ", ended.Output, StringComparison.Ordinal);
            Assert.Contains(", ended by Lagged\n", ended.Output, StringComparison.Ordinal);
            Assert.InRange(read, First, StreamBytes - 1);
        }
    }

    [Fact]
    public async Task Wait_holds_the_stream_up_until_the_recording_goes_on()
    {
        using Socket upstream = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        (RecorderProcess recorder, FileStream fifo) = await Start(endPoint, "--on-lag", "wait");
        using (recorder)
        using (fifo)
        {
            Task streaming = Stream(recorder, upstream);
            await Task.Delay(300);
            Assert.False(streaming.IsCompleted);
            Task<long> reading = Deadline.OnThread(() => ReadToEnd(fifo));
            await streaming.Within("the stream");
            Ended ended = await recorder.Stop();
            Assert.Equal((0, ""), (ended.ExitCode, ended.Trouble));
            Assert.Equal(StreamBytes, await reading.Within("the end of the recording"));
            Assert.Contains($"; {StreamBytes} bytes recorded in ", ended.Output, StringComparison.Ordinal);
        }
    }

    public void Dispose() => _folder.Dispose();

    // Opening a FIFO waits for the other side: the recorder and its reader wait for each other.
    private async Task<(RecorderProcess Recorder, FileStream Fifo)> Start(EndPoint endPoint, params string[] options)
    {
        string path = _folder.PathOf("fifo");
        using (Process make = Process.Start("mkfifo", path))
        {
            await make.WaitForExitAsync().Within("mkfifo");
            Assert.Equal(0, make.ExitCode);
        }

        Task<FileStream> open = Deadline.OnThread(
            () => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0));
        RecorderProcess recorder = await RecorderProcess.Listen(endPoint, path, options);
        return (recorder, await open.Within("the FIFO"));
    }

    // The relay ends only with its recording, so nobody waits for the camera's end here.
    private static async Task Stream(RecorderProcess recorder, Socket upstream)
    {
        using Socket camera = recorder.Process.Connect();
        using Socket viewer = await Deadline.OnThread(upstream.Accept).Within("the connection");
        Task<long> writer = Peer.Write(camera, StreamBytes);
        await Peer.AssertAll(StreamBytes, writer, Peer.Read(viewer));
    }

    private static long ReadToEnd(FileStream fifo, long position = 0)
    {
        byte[] buffer = new byte[65536];
        for (int count; (count = fifo.Read(buffer)) > 0;)
        {
            Pattern.Default.AssertEqual(buffer.AsSpan(0, count), position);
            position += count;
        }

        return position;
    }
}

// docs/coming-from-go.md: its camera compiles, records, and ends by itself whoever dies.
using System.Net.Sockets;
using Readme;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Samples;

[KernelOnly(Why.NotTheLibrary)]
public sealed class ComingFromGoTests : IDisposable
{
    private const long StreamBytes = 4 * 1024 * 1024;

    private readonly TempFolder _folder = new();

    [Fact]
    public void Its_CSharp_is_compiled_code()
    {
        CompiledCode page = new("docs/coming-from-go.md", "Samples/ComingFromGoCode.cs");
        page.AssertSame();
        page.AssertUsings();
    }

    [Fact]
    public async Task Client_and_recording_get_every_byte_and_it_ends_with_thecamera()
    {
        using SocketPair camera = SocketPair.Tcp();
        using SocketPair client = SocketPair.Tcp();
        using FileStream recording = Create();
        Task serving = ComingFromGoCode.Camera(camera.Near, recording, client.Near);
        Task<long> writer = Peer.Write(camera.Far, StreamBytes);
        Assert.Equal(
            new Received(StreamBytes, SocketError.Success),
            await Peer.Read(client.Far, max: StreamBytes).Within("the stream"));
        Assert.Equal(StreamBytes, await writer);
        await serving.Within("the end of the server");
        AssertRecorded(recording, StreamBytes);
    }

    [Fact]
    public async Task It_ends_when_thecamera_is_reset_and_what_came_is_recorded()
    {
        using SocketPair camera = SocketPair.Tcp();
        using SocketPair client = SocketPair.Tcp();
        using FileStream recording = Create();
        Task serving = ComingFromGoCode.Camera(camera.Near, recording, client.Near);
        Task<long> writer = Peer.Write(camera.Far, StreamBytes, finish: false);
        Assert.Equal(
            new Received(StreamBytes, SocketError.Success),
            await Peer.Read(client.Far, max: StreamBytes).Within("the stream"));
        Assert.Equal(StreamBytes, await writer);
        SocketPair.Reset(camera.Far);
        Exception? e = await Record.ExceptionAsync(() => serving.Within("the end"));
        string whole = $"{e}"; // That of the first task that failed: the one that has read, or one that it has told.
        while (e is not (null or TransferException { Error: Libc.EConnReset }))
        {
            e = e.InnerException;
        }

        Assert.True(e is not null, whole);
        AssertRecorded(recording, StreamBytes);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // It has stalled before, and everything is full.
    public async Task It_ends_when_theclient_dies_and_what_came_is_recorded(bool stalls)
    {
        const long First = 1024 * 1024;
        using SocketPair camera = SocketPair.Tcp();
        using SocketPair client = SocketPair.Tcp();
        using FileStream recording = Create();
        Task serving = ComingFromGoCode.Camera(camera.Near, recording, client.Near);
        Task<long> writer = Peer.Write(camera.Far, 16 * StreamBytes); // More than all buffers hold.
        Assert.Equal(
            new Received(First, SocketError.Success),
            await Peer.Read(client.Far, max: First).Within("the beginning"));
        if (stalls)
        {
            await Task.Delay(200);
        }

        SocketPair.Reset(client.Far);
        await Assert.ThrowsAsync<TransferException>(() => serving.Within("the end"));
        camera.Near.Dispose();
        Assert.True(await writer.Within("the camera") < 16 * StreamBytes);
        Assert.True(recording.Length >= First);
        AssertRecorded(recording, recording.Length);
    }

    [Fact]
    public async Task It_ends_when_the_client_dies_while_the_camera_is_silent()
    {
        using SocketPair camera = SocketPair.Tcp();
        using SocketPair client = SocketPair.Tcp();
        using FileStream recording = Create();
        Task serving = ComingFromGoCode.Camera(camera.Near, recording, client.Near);
        Assert.Equal(1000, await Peer.Write(camera.Far, 1000, finish: false));
        Assert.Equal(
            new Received(1000, SocketError.Success),
            await Peer.Read(client.Far, max: 1000).Within("the beginning"));
        SocketPair.Reset(client.Far);
        await Assert.ThrowsAsync<TransferException>(() => serving.Within("the end"));
        AssertRecorded(recording, 1000);
    }

    [Fact]
    public async Task A_full_disk_ends_the_recording_alone()
    {
        using SocketPair camera = SocketPair.Tcp();
        using SocketPair client = SocketPair.Tcp();
        using FileStream full = new("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        Task serving = ComingFromGoCode.Camera(camera.Near, full, client.Near);
        Task<long> writer = Peer.Write(camera.Far, StreamBytes);
        Assert.Equal(
            new Received(StreamBytes, SocketError.Success),
            await Peer.Read(client.Far, max: StreamBytes).Within("the stream"));
        Assert.Equal(StreamBytes, await writer);
        IOException e = await Assert.ThrowsAnyAsync<IOException>(() => serving.Within("the end"));
        Assert.Contains("No space left on device", e.ToString(), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private FileStream Create() => new(
        _folder.PathOf("a.ts"), FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);

    private void AssertRecorded(FileStream recording, long bytes)
    {
        recording.Dispose();
        _folder.AssertStream(bytes, null, "a.ts");
    }
}

// docs/recipes/recorder.md: what is recorded, what is shown, and who waits for whom.
using System.Net.Sockets;
using Readme;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Samples;

namespace Zerocopy.Conformance.Docs;

public sealed class RecorderRecipeTests : IDisposable
{
    private const int Total = 5_000_017;

    private readonly TempFolder _folder = new();

    [KernelOnly(Why.Mechanism)]
    [Fact(Timeout = Deadline.Ms)]
    public async Task The_stream_is_shown_and_recorded()
    {
        using SocketPair camera = SocketPair.Tcp();
        using SocketPair viewer = SocketPair.Tcp();
        using FileStream file = Create("a");
        Task<RelayResult> relay = RecorderCode.Record(camera.Near, viewer.Near, file);
        Task<Received> shown = Peer.Read(viewer.Far);
        await Peer.AssertAll(Total, Peer.Write(camera.Far, Total), shown);
        viewer.Far.Shutdown(SocketShutdown.Send);

        RelayResult result = await relay.Within("the relay");

        TeeResult recorded = Assert.IsType<TeeResult>(result.LeftToRight.Mirror);
        Assert.Equal((TeeEnd.EndOfStream, Total), (recorded.EndedBy, recorded.BytesMirrored));
        Assert.True(recorded.BytesTeed > 0, "a stream is teed");
        Assert.Equal(Total, recorded.BytesTeed + recorded.BytesCopied);
        AssertRecorded(file, Total, "a");
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task A_full_disk_ends_the_recording_alone()
    {
        using SocketPair camera = SocketPair.Tcp();
        using SocketPair viewer = SocketPair.Tcp();
        using FileStream full = new("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        Task<RelayResult> relay = RecorderCode.Record(camera.Near, viewer.Near, full);
        Task<Received> shown = Peer.Read(viewer.Far);
        await Peer.AssertAll(Total, Peer.Write(camera.Far, Total), shown);
        viewer.Far.Shutdown(SocketShutdown.Send);

        RelayResult result = await relay.Within("the relay");

        Assert.Equal(RelayEnd.EndOfStream, result.EndedBy);
        Assert.Equal(TeeEnd.Failed, Assert.IsType<TeeResult>(result.LeftToRight.Mirror).EndedBy);
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task A_viewer_that_lags_is_left_behind_and_the_recording_is_whole()
    {
        const int Long = 30_000_001; // More than a viewer who reads nothing and the pipe before it take.
        using SocketPair camera = SocketPair.Tcp();
        using SocketPair viewer = SocketPair.Connect(Family.Tcp, bufferBytes: 32 * 1024);
        using FileStream file = Create("a");
        Task<TransferResult> recording = RecorderCode.Show(camera.Near, file, viewer.Near).AsTask();
        Assert.Equal(Long, await Peer.Write(camera.Far, Long).Within("the camera"));

        TransferResult result = await recording.Within("the recording");

        Assert.Equal((TransferEnd.EndOfStream, Long), (result.EndedBy, result.BytesWritten));
        TeeResult shown = Assert.IsType<TeeResult>(result.Mirror);
        Assert.Equal(TeeEnd.Lagged, shown.EndedBy);
        Assert.InRange(shown.BytesMirrored, 1, Long - 1);
        viewer.Near.Shutdown(SocketShutdown.Send);
        Assert.Equal(
            new Received(shown.BytesMirrored, SocketError.Success), await Peer.Read(viewer.Far).Within("the viewer"));
        AssertRecorded(file, Long, "a");
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task A_viewer_that_keeps_up_sees_everything()
    {
        const int Short = 200_000; // Less than it may be behind, however busy the machine is.
        using SocketPair camera = SocketPair.Tcp();
        using SocketPair viewer = SocketPair.Unix();
        using FileStream file = Create("a");
        Task<Received> shown = Peer.Read(viewer.Far, max: Short);
        Task<TransferResult> recording = RecorderCode.Show(camera.Near, file, viewer.Near).AsTask();
        Task<long> writer = Peer.Write(camera.Far, Short, chunk: 10_000, pauseMs: 1);
        Assert.Equal(Short, await writer.Within("the camera"));
        TeeResult mirror = Assert.IsType<TeeResult>((await recording.Within("the recording")).Mirror);
        Assert.Equal((TeeEnd.EndOfStream, Short), (mirror.EndedBy, mirror.BytesMirrored));
        Assert.Equal(new Received(Short, SocketError.Success), await shown.Within("the viewer"));
        AssertRecorded(file, Short, "a");
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task Each_copy_is_whole()
    {
        using SocketPair camera = SocketPair.Tcp();
        using SocketPair viewer = SocketPair.Tcp();
        using FileStream first = Create("a");
        using FileStream second = Create("b");
        Task<TeeResult[]> copies = RecorderCode.Copies(camera.Near, viewer.Near, [first, second]);
        Task<long> writer = Peer.Write(camera.Far, Total);
        Assert.Equal(
            new Received(Total, SocketError.Success), await Peer.Read(viewer.Far, max: Total).Within("the viewer"));
        Assert.Equal(Total, await writer.Within("the camera"));
        Assert.All(
            await copies.Within("the copies"),
            copy => Assert.Equal((TeeEnd.EndOfStream, Total), (copy.EndedBy, copy.BytesMirrored)));
        AssertRecorded(first, Total, "a");
        AssertRecorded(second, Total, "b");
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task A_viewer_that_dies_ends_the_copies()
    {
        const int First = 1_000_000;
        using SocketPair camera = SocketPair.Tcp();
        using SocketPair viewer = SocketPair.Tcp();
        using FileStream file = Create("a");
        Task<TeeResult[]> copies = RecorderCode.Copies(camera.Near, viewer.Near, [file]);
        Assert.Equal(First, await Peer.Write(camera.Far, First, finish: false).Within("the camera"));
        Assert.Equal(
            new Received(First, SocketError.Success), await Peer.Read(viewer.Far, max: First).Within("the viewer"));
        SocketPair.Reset(viewer.Far);
        await Assert.ThrowsAsync<TransferException>(() => copies.Within("the end"));
        await Deadline.Until("it is in the file", () => new FileInfo(_folder.PathOf("a")).Length == First);
        AssertRecorded(file, First, "a");
    }

    public void Dispose() => _folder.Dispose();

    private FileStream Create(string name) => new(
        _folder.PathOf(name), FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);

    private void AssertRecorded(FileStream file, long bytes, string name)
    {
        file.Dispose();
        _folder.AssertStream(bytes, null, name);
    }
}

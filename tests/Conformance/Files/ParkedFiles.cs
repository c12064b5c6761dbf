// Transfers that wait, with a file, a foreign pipe or a device at an end.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Files;

/// <summary>What a transfer waits for.</summary>
public enum Wait
{
    /// <summary>A file, and a socket that nobody reads.</summary>
    FileToStalledTcp,

    FileToStalledUnix,

    /// <summary>A silent socket, and a file.</summary>
    SilentTcpToFile,

    /// <summary>A silent socket, and a device that epoll does not know.</summary>
    SilentTcpToDevice,

    /// <summary>A device that always has something, and a socket that nobody reads.</summary>
    DeviceToStalledTcp,

    /// <summary>Foreign pipes, in blocking mode and not.</summary>
    TcpToFullPipe,

    TcpToFullNonBlockingPipe,

    FileToFullPipe,

    SilentPipeToTcp,

    SilentPipeToFile,

    SilentFifoToUnix,

    SilentPipeToFullPipe,
}

/// <summary>Such a transfer, which has been let go on until it waits.</summary>
internal sealed class ParkedFiles : IDisposable
{
    private readonly List<IDisposable> _owned = [];
    private readonly CancellationTokenSource _cancel = new();
    private Func<Task>? _isWaiting;

    internal ParkedFiles(Wait wait, TransferMode mode, Call call)
    {
        (Source, Destination) = Open(wait);
        TransferOptions options = new() { Mode = mode, KeepUndelivered = true };
        Transfer = Rig.Start(call, Source, Destination, options, _cancel.Token);
    }

    internal TransferEndpoint Source { get; }

    internal TransferEndpoint Destination { get; }

    internal Task<TransferResult> Transfer { get; }

    internal void Cancel() => _cancel.Cancel();

    internal async Task UntilItWaits()
    {
        await (_isWaiting?.Invoke() ?? Task.CompletedTask);
        await Task.Delay(30);
        Assert.False(Transfer.IsCompleted, "it ended");
    }

    /// <summary>Disposes what the library was given as one of the ends.</summary>
    internal static void Dispose(TransferEndpoint end) => ((IDisposable)end.Value!).Dispose();

    public void Dispose()
    {
        _cancel.Cancel(); // Nothing of a failed test goes on.
        _cancel.Dispose();
        _owned.ForEach(owned => owned.Dispose());
    }

    private (TransferEndpoint Source, TransferEndpoint Destination) Open(Wait wait) => wait switch
    {
        Wait.FileToStalledTcp => (OpenFile(), Stalled(Family.Tcp)),
        Wait.FileToStalledUnix => (OpenFile(), Stalled(Family.Unix)),
        Wait.SilentTcpToFile => (Silent(Family.Tcp), OpenFile()),
        Wait.SilentTcpToDevice => (Silent(Family.Tcp), Own(File.OpenHandle("/dev/null", access: FileAccess.Write))),
        Wait.DeviceToStalledTcp => (Own(File.OpenHandle("/dev/zero")), Stalled(Family.Tcp)),
        Wait.TcpToFullPipe => (Talking(), Full(PipeForm.Blocking)),
        Wait.TcpToFullNonBlockingPipe => (Talking(), Full(PipeForm.NonBlocking)),
        Wait.FileToFullPipe => (OpenFile(), Full(PipeForm.Streams)),
        Wait.SilentPipeToTcp => (Silent(PipeForm.Streams), Own(SocketPair.Tcp()).Near),
        Wait.SilentPipeToFile => (Silent(PipeForm.Blocking), OpenFile()),
        Wait.SilentFifoToUnix => (Silent(PipeForm.Fifo), Own(SocketPair.Unix()).Near),
        _ => (Silent(PipeForm.NonBlocking), Full(PipeForm.Blocking)),
    };

    private FileStream OpenFile()
    {
        PlacedFile file = Own(PlacedFile.OfPattern(Place.Disk, 8 << 20));
        return Own(file.Open());
    }

    private Socket Stalled(Family family)
    {
        SocketPair pair = Own(SocketPair.Connect(family, bufferBytes: 16 * 1024));
        _isWaiting = () => Deadline.Until("it sends", () => pair.Far.Available > 0);
        return pair.Near;
    }

    private Socket Silent(Family family) => Own(SocketPair.Connect(family)).Near;

    private Socket Talking()
    {
        SocketPair pair = Own(SocketPair.Tcp());
        pair.Far.Send(Pattern.Default.Slice(0, 100_000).Span);
        return pair.Near;
    }

    private TransferEndpoint Full(PipeForm form)
    {
        ForeignPipe pipe = Own(ForeignPipe.Open(form));
        Assert.True(pipe.Fill() > 0);
        return pipe.WriteEnd;
    }

    private TransferEndpoint Silent(PipeForm form) => Own(ForeignPipe.Open(form)).ReadEnd;

    private T Own<T>(T owned)
        where T : IDisposable
    {
        _owned.Insert(0, owned);
        return owned;
    }
}

/// <summary>Theories over everything that can be waited for.</summary>
public static class Waits
{
    public static TheoryData<Wait> All { get; } = new(Enum.GetValues<Wait>().Select(Row));

    /// <summary>Zero copy is refused where there is no route.</summary>
    internal static TransferMode[] ModesOf(Wait wait)
        => wait is Wait.SilentTcpToDevice or Wait.DeviceToStalledTcp or Wait.FileToFullPipe
            ? [TransferMode.Auto, TransferMode.CopyOnly] : Matrix.Modes;

    private static TheoryDataRow<Wait> Row(Wait wait)
        => wait is Wait.TcpToFullPipe or Wait.SilentPipeToFile or Wait.SilentFifoToUnix or Wait.SilentPipeToFullPipe
            ? new TheoryDataRow<Wait>(wait).KernelOnly(Why.BlockingHandle) : new TheoryDataRow<Wait>(wait);
}

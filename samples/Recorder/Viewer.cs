using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Zerocopy.Samples.Recorder;

/// <summary>What one viewer was shown.</summary>
/// <param name="Live">What came from the camera.</param>
/// <param name="Back">What went back to it.</param>
/// <param name="Left">Why nobody watches, or watched to the end; null: somebody did.</param>
internal readonly record struct Shown(TransferResult Live, TransferResult Back, string? Left)
{
    public override string ToString()
        => $"{Live.BytesWritten} bytes live, {Back.BytesWritten} back{(Left is null ? "" : $", no viewer: {Left}")}";
}

/// <summary>Who watches one camera. The stream goes into a pipe, and from there to the viewer while there is one. What
/// comes when there is none is dropped, so that nobody holds up the recording by not being there.</summary>
internal sealed class Viewer : IDisposable
{
    private const int PipeBytes = 1024 * 1024; // What comes while we dial.
    private const int DialMs = 5000;
    private const int LastBytesMs = 500;

    private readonly Pipe _live = Pipe.Create(PipeBytes);
    private readonly CancellationTokenSource _giveUp = new();
    private readonly Socket _camera;
    private readonly SafeFileHandle _nowhere;
    private readonly TransferOptions _options;
    private readonly CancellationTokenRegistration _aborting;
    private volatile bool _isCut;

    /// <param name="camera">Not owned.</param>
    /// <param name="nowhere">The device /dev/null; by the kernel, to drop something there costs next to nothing. Not
    /// owned.</param>
    /// <param name="mode">Whether the kernel may be used.</param>
    /// <param name="abort">Ends the viewer half a second later.</param>
    internal Viewer(Socket camera, SafeFileHandle nowhere, TransferMode mode, CancellationToken abort)
    {
        (_camera, _nowhere) = (camera, nowhere);
        _options = new TransferOptions { Mode = mode };
        _aborting = abort.UnsafeRegister(static viewer => ((Viewer)viewer!).Hurry(), this);
    }

    /// <summary>Where the camera's stream has to go.</summary>
    internal TransferEndpoint Live => _live;

    /// <summary>Dials, and shows what comes to its end.</summary>
    /// <param name="target">Where the viewer is.</param>
    /// <param name="report">Told at once why there is none.</param>
    internal async Task<Shown> WatchAsync(EndPoint target, Action<string> report)
    {
        try
        {
            Shown shown = await TryShowAsync(target, report).ConfigureAwait(false);
            (_, Exception? failure) = await MoveAsync(_live, _nowhere, CancellationToken.None).ConfigureAwait(false);
            return failure is null ? shown : throw failure;
        }
        catch
        {
            _live.CloseRead(); // Nobody takes what comes: the camera must not wait for that.
            throw;
        }
    }

    /// <summary>No more comes.</summary>
    /// <param name="isWhole">False: it was cut off, and the viewer must not take that for its end.</param>
    internal void End(bool isWhole)
    {
        _isCut = !isWhole;
        _live.CloseWrite();
        if (!isWhole)
        {
            Hurry();
        }
    }

    public void Dispose()
    {
        _aborting.Dispose();
        _live.Dispose();
        _giveUp.Dispose();
    }

    private void Hurry() => _giveUp.CancelAfter(LastBytesMs);

    private async Task<Shown> TryShowAsync(EndPoint target, Action<string> report)
    {
        try
        {
            using Socket socket = await DialAsync(target).ConfigureAwait(false);
            return await ShowAsync(socket).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or TimeoutException or OperationCanceledException
            or ArgumentException)
        {
            string why = e.Message.TrimEnd('.');
            report(why);
            return new Shown(default, default, why);
        }
    }

    private async Task<Socket> DialAsync(EndPoint target)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(_giveUp.Token);
        patience.CancelAfter(DialMs);
        try
        {
            return await Dialer.ConnectAsync(target, patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!_giveUp.IsCancellationRequested)
        {
            throw new TimeoutException($"no answer within {DialMs / 1000} s");
        }
    }

    private async Task<Shown> ShowAsync(Socket socket)
    {
        // That the viewer has ended its side, or is gone, is not passed on: the camera is recorded all the same.
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(_giveUp.Token);
        Task<(TransferResult Moved, Exception?)> talking = MoveAsync(socket, _camera, over.Token);
        (TransferResult live, Exception? left) = await MoveAsync(_live, socket, _giveUp.Token).ConfigureAwait(false);
        if (left is null && !_isCut)
        {
            left = TryFinish(socket);
        }

        if (left is not null || _isCut)
        {
            Reset(socket);
            await over.CancelAsync().ConfigureAwait(false);
        }

        (TransferResult back, _) = await talking.ConfigureAwait(false);
        return new Shown(live, back, left?.Message.TrimEnd('.'));
    }

    /// <summary>Moves what comes, and returns how that ended: neither side's failure is another's.</summary>
    private async Task<(TransferResult Moved, Exception? Failure)> MoveAsync(
        TransferEndpoint source, TransferEndpoint destination, CancellationToken token)
    {
        try
        {
            return (await Transfer.CopyAsync(source, destination, _options, token).ConfigureAwait(false), null);
        }
        catch (Exception e) when (e is ITransferFailure failure)
        {
            return (failure.Progress, e);
        }
    }

    private static SocketException? TryFinish(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
            return null;
        }
        catch (SocketException e)
        {
            return e; // It has gone just now.
        }
    }

    private static void Reset(Socket socket)
    {
        if (socket.AddressFamily != AddressFamily.Unix)
        {
            socket.LingerState = new LingerOption(true, 0);
        }

        socket.Dispose();
    }
}

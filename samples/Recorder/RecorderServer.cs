using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Zerocopy.Samples.Recorder;

/// <summary>The recorder: accepts, records what the connecting side sends, and shows it to a viewer that it
/// dials.</summary>
internal sealed class RecorderServer : IServing, IDisposable
{
    private const int FinishMs = 1000; // A camera never ends by itself.
    private const int AbortMs = 2000;
    private const int RoomMs = 50;
    private const int BackOffMs = 1000;

    // Two sockets, both ends of four pipes, the file: four times what a proxy's relay has.
    private readonly int _liveMax = Math.Max(DescriptorLimit.RelaysMax() / 4, 1);
    private readonly CountdownEvent _live = new(1);
    private readonly CancellationTokenSource _abort = new();
    private readonly Totals _totals = new();
    private readonly RecordingFiles _files;
    private readonly SafeFileHandle _nowhere;
    private readonly Socket _listener;
    private readonly EndPoint _target;
    private readonly RecorderOptions _options;

    private Recording? _next;
    private volatile bool _isStopping;
    private volatile bool _isOver;

    /// <param name="listener">Owned.</param>
    /// <param name="target">Where each connection is relayed to.</param>
    /// <param name="options">How to record.</param>
    /// <exception cref="IOException">The first file exists, or cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    internal RecorderServer(Socket listener, EndPoint target, RecorderOptions options)
    {
        (_listener, _target, _options) = (listener, target, options);
        _files = new RecordingFiles(options);
        _nowhere = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        _next = _files.Open(); // Now, so that what is wrong with it is said before anybody connects.
    }

    public TimeSpan Patience => TimeSpan.FromMilliseconds(FinishMs);

    public long Living => _live.CurrentCount - (_isOver ? 0 : 1);

    /// <inheritdoc/>
    public object Run()
    {
        for (int number = 1; !_isStopping;)
        {
            if (_live.CurrentCount > _liveMax)
            {
                Thread.Sleep(RoomMs); // Who wants in waits in the listener's queue.
                continue;
            }

            try
            {
                Socket camera = _listener.Accept();
                _live.AddCount();
                _ = ServeAsync(camera, number++);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                if (!_isStopping)
                {
                    Console.Error.WriteLine($"cannot accept: {e.Message}");
                    Thread.Sleep(BackOffMs);
                }
            }
        }

        _isOver = true;
        _ = _live.Signal();
        if (!_live.Wait(FinishMs))
        {
            _abort.Cancel();
            _ = _live.Wait(AbortMs);
        }

        return _totals;
    }

    /// <inheritdoc/>
    public void Stop()
    {
        _isStopping = true;
        _listener.Dispose();
    }

    public void Dispose()
    {
        _listener.Dispose();
        _next?.Dispose();
        _nowhere.Dispose();
        _live.Dispose();
        _abort.Dispose();
    }

    private async Task ServeAsync(Socket camera, int number)
    {
        try
        {
            CameraConnection connection = new(camera, number, _nowhere, _options);
            await connection.ServeAsync(_target, TryOpen(number), _totals, _abort.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException or ArgumentException
            or ObjectDisposedException)
        {
            _totals.AddDropped(); // This connection alone ends.
            await Console.Error.WriteLineAsync($"connection {number} dropped: {e.Message}").ConfigureAwait(false);
        }
        finally
        {
            camera.Dispose();
            _ = _live.Signal();
        }
    }

    /// <summary>A stream that cannot be recorded is relayed all the same.</summary>
    private Recording? TryOpen(int number)
    {
        try
        {
            return Interlocked.Exchange(ref _next, null) ?? _files.Open();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"connection {number} is not recorded: {e.Message}");
            return null;
        }
    }
}

using System.Net;
using System.Net.Sockets;

namespace Zerocopy.Samples.Recorder;

/// <summary>The recorder: accepts, dials, relays both ways, and records what the connecting side sends.</summary>
internal sealed class RecorderServer : IDisposable
{
    private const int FinishMs = 1000; // A camera never ends by itself.
    private const int AbortMs = 2000;
    private const int RoomMs = 50;
    private const int BackOffMs = 1000;

    // Two sockets, two pipes and one more for the recording, its file: three times what a proxy's relay has.
    private readonly int _liveMax = Math.Max(DescriptorLimit.RelaysMax() / 3, 1);
    private readonly CountdownEvent _live = new(1);
    private readonly CancellationTokenSource _abort = new();
    private readonly Totals _totals = new();
    private readonly RecordingFiles _files;
    private readonly Socket _listener;
    private readonly EndPoint _target;
    private readonly FlowOptions _forward;
    private readonly RelayOptions _options;

    private Recording? _next;
    private volatile bool _isStopping;

    /// <param name="listener">Owned.</param>
    /// <param name="target">Where each connection is relayed to.</param>
    /// <param name="options">How to record.</param>
    /// <exception cref="IOException">The first file exists, or cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    internal RecorderServer(Socket listener, EndPoint target, RecorderOptions options)
    {
        (_listener, _target) = (listener, target);
        _files = new RecordingFiles(options);
        _next = _files.Open(); // Now, so that what is wrong with it is said before anybody connects.
        TeeOptions mirror = new() { OnLag = options.OnLag, CapacityBytes = options.BehindBytes };
        _forward = new FlowOptions { Mode = options.Mode, MirrorOptions = mirror };
        _options = new RelayOptions { RightToLeft = new FlowOptions { Mode = options.Mode }, CloseEndpoints = true };
    }

    /// <summary>Accepts until <see cref="Stop"/>, then gives live connections a second.</summary>
    /// <returns>What was relayed and recorded.</returns>
    internal Totals Run()
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

        _ = _live.Signal();
        if (!_live.Wait(FinishMs))
        {
            _abort.Cancel();
            _ = _live.Wait(AbortMs);
        }

        return _totals;
    }

    /// <summary>Stops accepting. Any thread.</summary>
    internal void Stop()
    {
        _isStopping = true;
        _listener.Dispose();
    }

    public void Dispose()
    {
        _listener.Dispose();
        _next?.Dispose();
        _live.Dispose();
        _abort.Dispose();
    }

    private async Task ServeAsync(Socket camera, int number)
    {
        Socket? viewer = null;
        try
        {
            viewer = await Dialer.ConnectAsync(_target, _abort.Token).ConfigureAwait(false);
            using Recording? recording = TryOpen(number);
            RelayResult relay = await RelayAsync(camera, viewer, recording).ConfigureAwait(false);
            Recorded recorded = recording is null
                ? default : await recording.FinishAsync(relay.LeftToRight.Mirror).ConfigureAwait(false);
            _totals.Add(relay, recorded);
            Console.WriteLine($"connection {number}: {Live(relay)}; {recorded}");
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException or ArgumentException
            or ObjectDisposedException)
        {
            _totals.AddNotConnected(); // This connection alone ends.
            await Console.Error.WriteLineAsync($"connection {number} dropped: {e.Message}").ConfigureAwait(false);
        }
        finally
        {
            camera.Dispose(); // The relay has closed both, if there was one.
            viewer?.Dispose();
            _ = _live.Signal();
        }
    }

    private async Task<RelayResult> RelayAsync(Socket camera, Socket viewer, Recording? recording)
    {
        try
        {
            RelayOptions options = _options with { LeftToRight = _forward with { Mirror = recording?.Mirror } };
            return await Relay.RunAsync(camera, viewer, options, _abort.Token).ConfigureAwait(false);
        }
        catch (TransferCanceledException e)
        {
            return e.Relay!.Value;
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

    private static string Live(in RelayResult relay)
        => $"{relay.LeftToRight.BytesWritten} bytes live, {relay.RightToLeft.BytesWritten} back, "
            + $"ended by {relay.EndedBy}";
}

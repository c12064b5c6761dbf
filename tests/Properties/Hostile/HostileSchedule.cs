// One transfer, relay, mirror or pipe whose streams misbehave, and what has to be true of its end.
using System.Net.Sockets;
using Zerocopy.Properties.Identity;
using Zerocopy.Properties.Simulation;

namespace Zerocopy.Properties.Hostile;

internal sealed class HostileSchedule : IDisposable
{
    private const int StreamsMax = 64; // Contents; bystanders have others.
    private const int BytesMax = 60_000;

    private readonly ulong _seed;
    private readonly SimRandom _random;
    private readonly CancellationTokenSource _cancel = new();
    private readonly List<MisbehavingStream> _streams = [];
    private readonly List<Exception> _reported = [];
    private readonly bool _isSync;

    internal HostileSchedule(ulong seed)
    {
        _seed = seed;
        _random = new SimRandom(seed);
        _isSync = _random.Chance(25);
    }

    /// <summary>Runs it to its end.</summary>
    internal async Task Run()
    {
        int kind = _random.Below(10);
        try
        {
            await (kind switch
            {
                < 4 => BetweenStreams(),
                4 => FromSocket(),
                5 => ToSocket(),
                < 8 => Relayed(),
                8 => Mirrored(),
                _ => ThroughPipe(),
            });
            foreach (MisbehavingStream stream in _streams)
            {
                Require(stream.Broken is null, stream.Broken!);
            }
        }
        catch (Exception e)
        {
            throw new LawBrokenException($"hostile schedule {_seed}, kind {kind}, sync {_isSync}: {e}");
        }
        finally
        {
            // Everybody has left: what still goes on in a stream may do to its memory what it likes.
            _streams.SelectMany(stream => stream.Late).ToList().ForEach(late => late());
        }
    }

    public void Dispose() => _cancel.Dispose();

    private async Task BetweenStreams()
    {
        int content = _random.Below(StreamsMax);
        MisbehavingStream source = Make(content, 0);
        MisbehavingStream destination = Make(0, content);
        TransferResult? result = await Judge(Start(source, destination, Options()), source, destination);
        if (result is { } good)
        {
            Require(good.BytesWritten == destination.Got, $"{good.BytesWritten} written, {destination.Got} came");
            Require(good.BytesConsumed == source.Given, $"{good.BytesConsumed} taken, {source.Given} given");
        }
    }

    private async Task FromSocket()
    {
        int content = _random.Below(StreamsMax);
        int bytes = _random.Below(BytesMax);
        using Connection pair = Connection.Open(isUnix: true);
        MisbehavingStream destination = Make(0, content);
        int sent = pair.Peer.Send(SimContent.At(content, 0, bytes), SocketFlags.None);
        pair.Peer.Shutdown(SocketShutdown.Send);
        TransferResult? result = await Judge(Start(pair.Ours, destination, Options()), null, destination);
        Require(result is null || result.Value.BytesWritten == sent, $"{result?.BytesWritten} of {sent}");
    }

    private async Task ToSocket()
    {
        int content = _random.Below(StreamsMax);
        using Connection pair = Connection.Open(isUnix: true);
        MisbehavingStream source = Make(content, 0);
        _ = await Judge(Start(source, pair.Ours, Options()), source, null);
        pair.Ours.Shutdown(SocketShutdown.Send);
        byte[] all = new byte[BytesMax + 1];
        int got = 0;
        for (int count; (count = pair.Peer.Receive(all.AsSpan(got))) > 0; got += count)
        {
        }

        Require(got <= source.Given, $"{got} came of {source.Given}");
        Require(all.AsSpan(0, got).SequenceEqual(SimContent.At(content, 0, got)), "wrong bytes in a socket");
    }

    private async Task Relayed()
    {
        int toRight = _random.Below(StreamsMax);
        int toLeft = _random.Below(StreamsMax);
        MisbehavingStream left = Make(toRight, toLeft, isSync: false);
        MisbehavingStream right = Make(toLeft, toRight, isSync: false);
        RelayOptions options = new()
        {
            CloseEndpoints = _random.Chance(50),
            HalfClose = _random.Chance(70),
            IdleTimeout = Idle(),
            LeftToRight = new FlowOptions { Progress = MaybeProgress() },
        };
        if (options.CloseEndpoints && _random.Chance(30))
        {
            left.ThrowAtDispose();
        }

        try
        {
            RelayResult result = await Relay.RunAsync(left, right, options, _cancel.Token);
            Require(result.EndedBy != RelayEnd.None, "no end");
            if (result.EndedBy is RelayEnd.LeftFailed or RelayEnd.RightFailed or RelayEnd.Failed)
            {
                RequireKnown(result.Exception);
            }

            Require(result.LeftToRight.BytesWritten <= right.Got, "more written than came at the right");
            Require(result.RightToLeft.BytesWritten <= left.Got, "more written than came at the left");
        }
        catch (TransferCanceledException e)
        {
            Require(_cancel.IsCancellationRequested && e.Relay is { EndedBy: RelayEnd.Canceled }, "nobody canceled");
        }
    }

    private async Task Mirrored()
    {
        int content = _random.Below(StreamsMax);
        MisbehavingStream source = Make(content, 0);
        MisbehavingStream destination = Make(0, content);
        MisbehavingStream mirror = Make(0, content, isSync: false);
        EndLater(); // The result waits for the mirror, however long that takes.
        TransferOptions options = Options() with
        {
            Mirror = mirror,
            MirrorOptions = new TeeOptions { OnFailure = _random.Pick([TeeFailure.Detach, TeeFailure.Stop]) },
        };
        TransferResult? result = await Judge(Start(source, destination, options), source, destination);
        if (result is { Mirror.EndedBy: TeeEnd.EndOfStream } good)
        {
            Require(mirror.Got == good.BytesWritten, $"the mirror has {mirror.Got} of {good.BytesWritten}");
        }
    }

    private async Task ThroughPipe()
    {
        int content = _random.Below(StreamsMax);
        using Pipe pipe = Pipe.Create();
        EndLater();
        MisbehavingStream source = Make(content, 0);
        MisbehavingStream destination = Make(0, content, isSync: false);
        Task<TransferResult> drain = pipe.WriteToAsync(destination, _cancel.Token).AsTask();
        try
        {
            _ = _isSync
                ? await OnThread(() => pipe.ReadFrom(source, cancellationToken: _cancel.Token))
                : await pipe.ReadFromAsync(source, cancellationToken: _cancel.Token);
        }
        catch (Exception e) when (e is ITransferFailure || source.Thrown.Contains(e))
        {
            pipe.CloseWrite(); // After a cancel it is open, and whoever drains it waits for more.
        }

        _ = await Judge(drain, null, destination);
    }

    private MisbehavingStream Make(int gives, int gets, bool? isSync = null)
    {
        MisbehavingStream stream = new(
            _random.Next(), gives, _random.Below(BytesMax), gets, isSync ?? _isSync, _cancel);
        _streams.Add(stream);
        return stream;
    }

    private TransferOptions Options() => new()
    {
        IdleTimeout = Idle(),
        KeepUndelivered = _random.Chance(50),
        Progress = MaybeProgress(),
    };

    // What waits for ever is ended.
    private void EndLater() => _cancel.CancelAfter(_random.Between(20, 60));

    private TimeSpan Idle() => TimeSpan.FromMilliseconds(_random.Between(5, 40));

    private Task<TransferResult> Start(TransferEndpoint source, TransferEndpoint destination, TransferOptions options)
        => _isSync
            ? OnThread(() => Transfer.Copy(source, destination, options, _cancel.Token))
            : Transfer.CopyAsync(source, destination, options, _cancel.Token).AsTask();

    // A sync call waits for what others do on the thread pool.
    private static Task<T> OnThread<T>(Func<T> call)
        => Task.Factory.StartNew(
            call, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private Reports? MaybeProgress() => _random.Chance(20) ? new Reports(this, _random.Chance(50)) : null;

    /// <summary>Waits for the result.</summary>
    /// <returns>Null where it ended otherwise, which was judged here.</returns>
    private async Task<TransferResult?> Judge(
        Task<TransferResult> transfer, MisbehavingStream? source, MisbehavingStream? destination)
    {
        Exception failure;
        try
        {
            return await transfer;
        }
        catch (Exception e) when (e is ITransferFailure)
        {
            failure = e;
        }

        TransferResult progress = ((ITransferFailure)failure).Progress;
        Require(source is null || progress.BytesConsumed <= source.Given, "more was taken than was given");
        Require(destination is null || progress.BytesWritten <= destination.Got, "more was written than came");
        switch (failure)
        {
            case TransferException { Error: 0 } exception when exception.Operation != "tee":
                RequireKnown(exception.InnerException);
                break;
            case TransferCanceledException:
                Require(_cancel.IsCancellationRequested, "nobody canceled");
                break;
        }

        return null;
    }

    private void RequireKnown(Exception? cause)
    {
        if (cause is TransferDisposedException)
        {
            return; // Who filled the pipe disposed itself.
        }

        while (cause is TransferException { InnerException: { } inner })
        {
            cause = inner;
        }

        bool isKnown = cause is AggregateException several && several.InnerExceptions.All(IsThrown);
        Require(isKnown || (cause is not null && IsThrown(cause)), $"a cause that nobody has thrown: {cause}");
    }

    private bool IsThrown(Exception cause)
        => cause.Message.Contains("returned", StringComparison.Ordinal) || _reported.Contains(cause)
            || _streams.Exists(stream => stream.Thrown.Contains(cause));

    private static void Require(bool isSo, string what)
    {
        if (!isSo)
        {
            throw new LawBrokenException(what);
        }
    }

    private sealed class Reports(HostileSchedule schedule, bool throws) : IProgress<TransferProgress>
    {
        public void Report(TransferProgress value)
        {
            if (throws)
            {
                InvalidTimeZoneException exception = new();
                schedule._reported.Add(exception);
                throw exception;
            }
        }
    }
}

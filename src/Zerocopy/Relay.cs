using Use = Zerocopy.EndpointResolver.Use;

namespace Zerocopy;

/// <summary>Moves bytes between two endpoints in both directions until both have ended: the heart of an L4
/// proxy.</summary>
/// <remarks>
/// <para>The end of stream of one side is passed on to the other (<c>shutdown(SHUT_WR)</c> on a socket) once
/// everything before it was written; the other direction goes on, unless that side cannot half-close
/// (<see cref="RelayOptions.HalfClose"/>). A reset, a dispose or a timeout ends both and is
/// reported as a reason, not thrown: in a proxy these are everyday.</para>
/// <para>Endpoints are not owned unless <see cref="RelayOptions.CloseEndpoints"/> is set, and nothing else may read
/// or write them meanwhile. Descriptors passed along (SCM_RIGHTS), urgent data and TLS records as such are not
/// carried.</para>
/// <para>Between sockets nothing is allocated per relay by <c>RunAsync</c> once warm, and no thread waits.
/// Thread-safe.</para>
/// </remarks>
public sealed class Relay : IAsyncDisposable
{
    private readonly TaskCompletionSource<RelayResult> _completion = new(); // Completed on the thread pool.

    private RelayOperation? _operation; // Guarded by _completion; null once it has ended.
    private RelayResult _final;

    private Relay()
    {
    }

    /// <summary>The result, once both directions have ended. Never faults: what went wrong is
    /// <see cref="RelayResult.EndedBy"/>.</summary>
    public Task<RelayResult> Completion => _completion.Task;

    /// <summary>The counts so far, which may be a few bytes behind; the result once it has ended.</summary>
    public RelayResult Progress
    {
        get
        {
            lock (_completion)
            {
                return _operation?.Snapshot() ?? _final;
            }
        }
    }

    /// <summary>Relays until both directions have ended.</summary>
    /// <param name="left">One endpoint, for instance an accepted socket. Not owned.</param>
    /// <param name="right">The other, for instance a connected socket. Not owned.</param>
    /// <param name="options">Limits, timeouts, prefixes, ownership; null: the defaults.</param>
    /// <param name="cancellationToken">Ends the relay; <see cref="TransferCanceledException"/> is then thrown and
    /// carries the counts.</param>
    /// <returns>The counts of both directions and what ended them. To be awaited once; for <c>Task.WhenAll</c> use
    /// <c>AsTask()</c>.</returns>
    /// <exception cref="ArgumentException">An endpoint is null, a datagram or listening socket, or a stream that
    /// cannot be read and written.</exception>
    /// <exception cref="TransferDisposedException">An endpoint was disposed before the call.</exception>
    /// <example>
    /// <code>
    /// using Socket server = await Dialer.ConnectAsync("localhost", 9000, token);
    /// RelayOptions options = new() { CloseEndpoints = true, IdleTimeout = TimeSpan.FromMinutes(5) };
    /// RelayResult relay = await Relay.RunAsync(client, server, options, token);
    /// Console.WriteLine(relay); // left ended: 12.4 MB up (spliced), 310 B down; EndOfStream
    /// </code>
    /// </example>
    public static ValueTask<RelayResult> RunAsync(
        TransferEndpoint left,
        TransferEndpoint right,
        RelayOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        options ??= RelayOptions.Default;
        if (cancellationToken.IsCancellationRequested && !options.CloseEndpoints)
        {
            return Canceled(cancellationToken);
        }

        RelayOperation operation;
        try
        {
            operation = Prepare(left, right, options, relay: null);
        }
        catch when (options.CloseEndpoints && cancellationToken.IsCancellationRequested)
        {
            return Canceled(cancellationToken); // The ends are closed, and that is what cancelling was for.
        }

        return operation.RunAsync(cancellationToken); // One that is cancelled already closes its ends, and no more.
    }

    /// <summary>Starts a relay and returns at once with an object that shows live counters and can end it.</summary>
    /// <param name="left">One endpoint. Not owned.</param>
    /// <param name="right">The other. Not owned.</param>
    /// <param name="options">Limits, timeouts, prefixes, ownership; null: the defaults.</param>
    /// <param name="cancellationToken">Ends the relay: <see cref="Completion"/> then says
    /// <see cref="RelayEnd.Canceled"/>.</param>
    /// <returns>The running relay. Disposing it aborts it.</returns>
    /// <inheritdoc cref="RunAsync" path="/exception"/>
    /// <example>
    /// <code>
    /// await using Relay relay = Relay.Start(client, upstream);
    /// while (await Task.WhenAny(relay.Completion, Task.Delay(1000)) != relay.Completion)
    /// {
    ///     Console.WriteLine(relay.Progress); // running: 12.4 MB up (spliced), 310 B down
    /// }
    /// </code>
    /// </example>
    public static Relay Start(
        TransferEndpoint left,
        TransferEndpoint right,
        RelayOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        Relay relay = new();
        RelayOperation operation = Prepare(left, right, options ?? RelayOptions.Default, relay);
        relay._operation = operation;
        operation.Run(relay, cancellationToken);
        return relay;
    }

    /// <summary>Aborts the relay if it still runs, and waits until it holds neither endpoint any more. Await
    /// <see cref="Completion"/> first to let it end by itself.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_completion)
        {
            _operation?.Abort();
        }

        return new ValueTask(_completion.Task);
    }

    /// <summary>The operation has ended and belongs to somebody else soon.</summary>
    internal void Part(in RelayResult result)
    {
        lock (_completion)
        {
            _final = result;
            _operation = null;
        }
    }

    internal void Complete(in RelayResult result)
    {
        lock (_completion)
        {
            _final = result; // Closing its endpoints may have had the last word.
        }

        _completion.SetResult(result);
    }

    private static RelayOperation Prepare(
        TransferEndpoint left, TransferEndpoint right, RelayOptions options, Relay? relay)
    {
        try
        {
            Endpoint leftEnd = EndpointResolver.Resolve(left, Use.Read | Use.Write, nameof(left));
            Endpoint rightEnd = EndpointResolver.Resolve(right, Use.Read | Use.Write, nameof(right));
            TransferMechanism forward = Choose(leftEnd, rightEnd, options.LeftToRight);
            TransferMechanism backward = Choose(rightEnd, leftEnd, options.RightToLeft);
            return RelayOperation.Make(leftEnd, rightEnd, forward, backward, options, relay);
        }
        catch when (options.CloseEndpoints)
        {
            OwnedEndpoint.Close(left);
            OwnedEndpoint.Close(right);
            throw;
        }
    }

    private static ValueTask<RelayResult> Canceled(CancellationToken token)
    {
        TransferResult nothing = TransferResult.OfNothing(TransferEnd.Canceled);
        RelayResult result = new(nothing, nothing, RelayEnd.Canceled);
        return ValueTask.FromException<RelayResult>(new TransferCanceledException(nothing, default, result, token));
    }

    private static TransferMechanism Choose(in Endpoint source, in Endpoint destination, FlowOptions options)
        => RouteChoice.Choose(source, destination, options.Mode, options.Mirror is not null);
}

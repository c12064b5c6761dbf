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
    /// <param name="cancellationToken">Ends the relay; <see cref="TransferCanceledException"/> is then thrown and
    /// carries the counts.</param>
    /// <returns>The counts of both directions and what ended them.</returns>
    /// <exception cref="ArgumentException">An endpoint is null, a datagram or listening socket, or a stream that
    /// cannot be read and written.</exception>
    /// <exception cref="TransferDisposedException">An endpoint was disposed before the call.</exception>
    public static ValueTask<RelayResult> RunAsync(
        TransferEndpoint left, TransferEndpoint right, CancellationToken cancellationToken = default)
        => RunAsync(left, right, RelayOptions.Default, cancellationToken);

    /// <inheritdoc cref="RunAsync(TransferEndpoint, TransferEndpoint, CancellationToken)"/>
    /// <param name="left">One endpoint.</param>
    /// <param name="right">The other.</param>
    /// <param name="options">Limits, timeouts, prefixes, ownership.</param>
    /// <param name="cancellationToken">Ends the relay.</param>
    public static ValueTask<RelayResult> RunAsync(
        TransferEndpoint left,
        TransferEndpoint right,
        RelayOptions options,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return RunAsync(
            left, right, options.LeftToRight.Prefix, options.RightToLeft.Prefix, options, cancellationToken);
    }

    /// <summary>Relays after sending each side what was read from the other before: a TLS client hello that was
    /// looked at, a PROXY header. These prefixes replace those of the options, so that one options object serves all
    /// connections.</summary>
    /// <param name="left">One endpoint.</param>
    /// <param name="right">The other.</param>
    /// <param name="leftToRightPrefix">Sent to <paramref name="right"/> first. By reference: unchanged until
    /// completion.</param>
    /// <param name="rightToLeftPrefix">Sent to <paramref name="left"/> first. By reference: unchanged until
    /// completion.</param>
    /// <param name="options">Limits, timeouts, ownership.</param>
    /// <param name="cancellationToken">Ends the relay.</param>
    /// <returns>The counts of both directions and what ended them.</returns>
    public static ValueTask<RelayResult> RunAsync(
        TransferEndpoint left,
        TransferEndpoint right,
        ReadOnlyMemory<byte> leftToRightPrefix,
        ReadOnlyMemory<byte> rightToLeftPrefix,
        RelayOptions options,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (cancellationToken.IsCancellationRequested && !options.CloseEndpoints)
        {
            return Canceled(cancellationToken);
        }

        RelayOperation operation;
        try
        {
            operation = Prepare(left, right, leftToRightPrefix, rightToLeftPrefix, options, null);
        }
        catch when (options.CloseEndpoints && cancellationToken.IsCancellationRequested)
        {
            return Canceled(cancellationToken); // The ends are closed, and that is what cancelling was for.
        }

        return operation.RunAsync(cancellationToken); // One that is cancelled already closes its ends, and no more.
    }

    /// <summary>Starts a relay and returns at once with an object that shows live counters and can end it.</summary>
    /// <param name="left">One endpoint.</param>
    /// <param name="right">The other.</param>
    /// <param name="options">Limits, timeouts, prefixes, ownership; null: the defaults.</param>
    /// <returns>The running relay. Disposing it aborts it.</returns>
    /// <exception cref="ArgumentException">As <see cref="RunAsync(TransferEndpoint, TransferEndpoint,
    /// CancellationToken)"/>.</exception>
    public static Relay Start(TransferEndpoint left, TransferEndpoint right, RelayOptions? options = null)
    {
        options ??= RelayOptions.Default;
        Relay relay = new();
        RelayOperation operation = Prepare(
            left,
            right,
            options.LeftToRight.Prefix,
            options.RightToLeft.Prefix,
            options,
            relay);
        relay._operation = operation;
        operation.Run(relay);
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
        TransferEndpoint left,
        TransferEndpoint right,
        ReadOnlyMemory<byte> leftToRightPrefix,
        ReadOnlyMemory<byte> rightToLeftPrefix,
        RelayOptions options,
        Relay? relay)
    {
        try
        {
            Endpoint leftEnd = EndpointResolver.Resolve(left, Use.Read | Use.Write, nameof(left));
            Endpoint rightEnd = EndpointResolver.Resolve(right, Use.Read | Use.Write, nameof(right));
            TransferRoute forward = Choose(leftEnd, rightEnd, options.LeftToRight);
            TransferRoute backward = Choose(rightEnd, leftEnd, options.RightToLeft);
            return RelayOperation.Make(
                leftEnd, rightEnd, forward, backward, leftToRightPrefix, rightToLeftPrefix, options, relay);
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
        RelayResult result = new(nothing, nothing, RelayEnd.Canceled, 0);
        return ValueTask.FromException<RelayResult>(new TransferCanceledException(nothing, default, result, token));
    }

    private static TransferRoute Choose(in Endpoint source, in Endpoint destination, FlowOptions options)
        => RouteChoice.Choose(source, destination, options.Mode, options.Mirror is not null);
}

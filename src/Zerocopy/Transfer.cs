using Use = Zerocopy.EndpointResolver.Use;

namespace Zerocopy;

/// <summary>Moves bytes one way, from a source to a destination, through the kernel where it can.</summary>
/// <remarks>
/// <para>Ends at the source's end of stream or at the limit. Shuts down and closes nothing: <see cref="Relay"/> does.
/// Whatever ends it otherwise is thrown, with the counts so far: <see cref="TransferException"/>, <see
/// cref="TransferCanceledException"/>, <see cref="TransferDisposedException"/>.</para>
/// <para>Neither endpoint is owned, and nothing else may read the source or write the destination meanwhile. Between
/// sockets nothing is allocated once warm. Thread-safe.</para>
/// </remarks>
/// <seealso href="https://man7.org/linux/man-pages/man2/splice.2.html">splice(2)</seealso>
public static class Transfer
{
    private static readonly TransferOptions s_default = new();

    /// <summary>Moves bytes until the source ends; the calling thread waits.</summary>
    /// <param name="source">Where bytes come from. Not owned.</param>
    /// <param name="destination">Where they go. Not owned, not shut down.</param>
    /// <param name="options">Limit, prefix, mode, timeout, rate, mirror; null: the defaults.</param>
    /// <param name="cancellationToken">Ends the transfer; a blocking call of a <see cref="Stream"/> is not
    /// interrupted.</param>
    /// <returns>How many bytes, by which mechanism, and what ended it.</returns>
    /// <exception cref="ArgumentException">An endpoint is null, a datagram or listening socket, or a stream that
    /// cannot be read or written.</exception>
    /// <exception cref="NotSupportedException"><see cref="TransferMode.RequireZeroCopy"/>, and the kernel cannot move
    /// these bytes.</exception>
    /// <exception cref="TransferException">An end failed.</exception>
    /// <exception cref="TransferCanceledException">The token was cancelled.</exception>
    /// <exception cref="TransferDisposedException">This process disposed an end.</exception>
    /// <example>
    /// <code>
    /// using FileStream file = File.OpenRead(path);
    /// TransferResult sent = Transfer.Copy(file, client, new() { LimitBytes = 1_000_000 });
    /// Console.WriteLine(sent); // 1.0 MB (sendfile); LimitReached
    /// </code>
    /// </example>
    public static TransferResult Copy(
        TransferEndpoint source,
        TransferEndpoint destination,
        TransferOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        options ??= s_default;
        (Endpoint from, Endpoint to, TransferMechanism mechanism) = Prepare(source, destination, options);
        if (cancellationToken.IsCancellationRequested)
        {
            throw Canceled(options, mechanism, cancellationToken);
        }

        return IsNothing(options)
            ? Nothing(mechanism) : SyncCall.Run(from, to, mechanism, options, fills: null, cancellationToken);
    }

    /// <summary>Moves bytes until the source ends; no thread waits.</summary>
    /// <param name="source">Where bytes come from. Not owned.</param>
    /// <param name="destination">Where they go. Not owned, not shut down.</param>
    /// <param name="options">Limit, prefix, mode, timeout, rate, mirror; null: the defaults.</param>
    /// <param name="cancellationToken">Ends the transfer.</param>
    /// <returns>How many bytes, by which mechanism, and what ended it. To be awaited once; for <c>Task.WhenAll</c> use
    /// <c>AsTask()</c>.</returns>
    /// <remarks>From or to a file, called on a thread of the pool: the first bytes, 2 MiB at most, are moved before it
    /// returns, and a disk may make that thread wait. Every other thread returns at once.</remarks>
    /// <inheritdoc cref="Copy" path="/exception"/>
    /// <example>
    /// <code>
    /// try
    /// {
    ///     TransferResult sent = await Transfer.CopyAsync(client, upstream, new() { KeepUndelivered = true }, token);
    ///     Console.WriteLine($"{sent.BytesSpliced} of {sent.BytesWritten} bytes stayed in the kernel");
    /// }
    /// catch (TransferException e) when (e.Side == TransferSide.Destination)
    /// {
    ///     Console.WriteLine($"{e.ErrorName} after {e.Progress}; {e.Undelivered.Length} bytes are left over");
    /// }
    /// </code>
    /// </example>
    public static ValueTask<TransferResult> CopyAsync(
        TransferEndpoint source,
        TransferEndpoint destination,
        TransferOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        options ??= s_default;
        (Endpoint from, Endpoint to, TransferMechanism mechanism) = Prepare(source, destination, options);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromException<TransferResult>(Canceled(options, mechanism, cancellationToken));
        }

        return IsNothing(options)
            ? new ValueTask<TransferResult>(Nothing(mechanism))
            : TransferOperation.Start(from, to, mechanism, options, fills: null, caller: null, cancellationToken);
    }

    private static (Endpoint Source, Endpoint Destination, TransferMechanism Mechanism) Prepare(
        TransferEndpoint source, TransferEndpoint destination, TransferOptions options)
    {
        Endpoint from;
        Endpoint to;
        try
        {
            from = EndpointResolver.Resolve(source, Use.Read, nameof(source));
            to = EndpointResolver.Resolve(destination, Use.Write, nameof(destination));
            if (from.Kind == EndpointKind.RegularFile && to.Kind == EndpointKind.RegularFile)
            {
                (from, to) = SelfCopy.Prepare(from, to, options.LimitBytes, options.Prefix.Length);
            }
        }
        catch (TransferDisposedException e)
        {
            TransferResult nothing = TransferResult.OfNothing(e.Progress.EndedBy, limitBytes: options.LimitBytes);
            throw new TransferDisposedException(e.Side, nothing, UndeliveredOf(options), e.ObjectName);
        }

        TransferMechanism mechanism = RouteChoice.Choose(
            from, to, options.Mode, options.Mirror is not null, options.ShareFilePages);
        return (from, to, mechanism);
    }

    private static bool IsNothing(TransferOptions options) => options.LimitBytes == 0 && options.Prefix.IsEmpty;

    private static TransferResult Nothing(TransferMechanism mechanism)
        => new(new FlowCounters { LimitRemaining = 0 }, mechanism, TransferEnd.LimitReached);

    private static TransferCanceledException Canceled(
        TransferOptions options, TransferMechanism mechanism, CancellationToken token)
    {
        TransferResult nothing = TransferResult.OfNothing(TransferEnd.Canceled, mechanism, options.LimitBytes);
        return new TransferCanceledException(nothing, UndeliveredOf(options), null, token);
    }

    /// <summary>Of what ended before it began: all of the prefix.</summary>
    private static ReadOnlyMemory<byte> UndeliveredOf(TransferOptions options)
        => options.KeepUndelivered ? options.Prefix : default;
}

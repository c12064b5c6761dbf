namespace Zerocopy;

/// <summary>What can be set for one direction of bytes, in a transfer or in a relay. Immutable; validated when set.
/// </summary>
public record FlowOptions
{
    /// <summary>At most this many bytes are taken from the source; the rest stays there. Null: no limit. 0:
    /// nothing is taken, and a transfer without a prefix returns at once. The prefix does not count, and is sent
    /// whatever the limit.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public long? LimitBytes
    {
        get;
        init => field = value is < 0 ? throw ThrowHelper.Negative(nameof(LimitBytes), value.Value) : value;
    }

    /// <summary>Bytes to send before the first one of the source, for instance what was read from it already. Taken
    /// by reference: it must not change before the transfer has completed.</summary>
    /// <example>
    /// <code>
    /// using FileStream file = File.OpenRead(path);
    /// byte[] head = Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {file.Length}\r\n\r\n");
    /// TransferResult sent = await Transfer.CopyAsync(file, client, new() { Prefix = head }, token);
    /// </code>
    /// </example>
    public ReadOnlyMemory<byte> Prefix { get; init; }

    /// <summary>Which mechanisms may be used. Default <see cref="TransferMode.Auto"/>.</summary>
    public TransferMode Mode
    {
        get;
        init => field = value is >= TransferMode.Auto and <= TransferMode.RequireZeroCopy
            ? value : throw ThrowHelper.OutOfRange(nameof(Mode), value);
    }

    /// <summary>At most this many bytes a second are taken from the source, averaged over a tenth of a second. Null:
    /// as fast as it goes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is zero or negative.</exception>
    public long? BytesPerSecond
    {
        get;
        init => field = value is <= 0 ? throw ThrowHelper.OutOfRange(nameof(BytesPerSecond), value.Value) : value;
    }

    /// <summary>From a file to a pipe only. False (the default): its bytes are copied. True: they are spliced, and the
    /// pipe refers to the pages of the file in the kernel's cache; what is written to the file before they are read
    /// from the pipe changes them.</summary>
    public bool ShareFilePages { get; init; }

    /// <summary>Gets the latest counts, at most ten times a second while bytes move and once at the end. Called on
    /// the thread pool, never twice at once.</summary>
    public IProgress<TransferProgress>? Progress { get; init; }

    /// <summary>Gets every byte that passes as well, before the destination does: a file that records, a second server.
    /// Not owned; nothing else may write it, and it belongs to one transfer, so use <c>with</c> for each. The transfer
    /// completes when the mirror has everything. What it has not taken a quarter of a second after a cancel, or after
    /// the end with <see cref="TeeLag.Detach"/>, or two seconds after an error, is dropped. What it got is
    /// <see cref="TransferResult.Mirror"/>. Null: none.</summary>
    /// <example>
    /// <code>
    /// FlowOptions recorded = new() { Mirror = recording };
    /// RelayResult relay = await Relay.RunAsync(client, upstream, new() { LeftToRight = recorded }, token);
    /// Console.WriteLine(relay.LeftToRight.Mirror!.EndedBy); // A full disk ends the recording, and not the stream.
    /// </code>
    /// </example>
    public TransferEndpoint? Mirror { get; init; }

    /// <summary>What happens when <see cref="Mirror"/> lags or fails.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public TeeOptions MirrorOptions
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(MirrorOptions));
    } = TeeOptions.Default;
}

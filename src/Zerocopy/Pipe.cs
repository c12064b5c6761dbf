using System.Diagnostics.CodeAnalysis;
using Use = Zerocopy.EndpointResolver.Use;

namespace Zerocopy;

/// <summary>A pipe of the kernel: bytes go in at one end and come out at the other, and can be spliced on both sides
/// without passing through this process.</summary>
/// <remarks>
/// <para>Where there is no kernel pipe to be had (another platform, the switch <c>Zerocopy.CopyOnly</c>, a sandbox, no
/// descriptors left) the same type copies through memory, with the same bytes: see <see cref="IsKernelPipe"/>.</para>
/// <para>Capacity is counted in pages, not bytes: a segment of one byte takes a page until the next write joins it.
/// Do not compute what still fits.</para>
/// <para>Thread-safe: several readers and writers may wait at once, and each gets whole writes of up to 4096 bytes.
/// With tees there should be one reader at a time, or nobody can say who gets what. Calls wait without a thread in
/// their async form. Nothing is allocated per call once warm.</para>
/// </remarks>
/// <seealso href="https://man7.org/linux/man-pages/man7/pipe.7.html">pipe(7)</seealso>
[SuppressMessage("Naming", "CA1711", Justification = "It is a pipe.")]
public sealed class Pipe : IDisposable
{
    private static readonly TransferOptions s_keeping = new() { KeepUndelivered = true };

    private Pipe(PipeCore core) => Core = core;

    /// <summary>True: a kernel pipe. False: a queue in memory.</summary>
    public bool IsKernelPipe => Core.IsKernelPipe;

    /// <summary>The size of the pipe in bytes, as granted. Setting it asks for another size: the kernel rounds up to a
    /// power of two pages, so read it back.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Zero or negative.</exception>
    /// <exception cref="IOException">Refused: EPERM (over <c>pipe-max-size</c> or the user's
    /// <c>pipe-user-pages-soft</c>), EBUSY (more bytes in it than would fit).</exception>
    /// <exception cref="ObjectDisposedException">Both ends are closed.</exception>
    public int Capacity
    {
        get => Core.GetCapacity();
        set => Core.SetCapacity(value > 0 ? value : throw ThrowHelper.OutOfRange(nameof(value), value));
    }

    /// <summary>Bytes in the pipe now.</summary>
    /// <exception cref="ObjectDisposedException">The read end is closed.</exception>
    public int Available => Core.GetAvailable();

    internal PipeCore Core { get; }

    /// <summary>Makes a pipe.</summary>
    /// <param name="capacity">Bytes to ask for; null: the kernel's default, 64 KiB. This is advice: past the user's
    /// limits a smaller pipe is made, see <see cref="Capacity"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">Zero or negative.</exception>
    public static Pipe Create(int? capacity = null)
        => new(PipeCore.Create(
            capacity is null or > 0 ? capacity : throw ThrowHelper.OutOfRange(nameof(capacity), capacity.Value)));

    /// <summary>Reads what is there, at least one byte; the calling thread waits for it.</summary>
    /// <param name="buffer">Where to; if empty, returns 0 at once.</param>
    /// <returns>Bytes read; 0 at the end of the stream.</returns>
    /// <exception cref="ObjectDisposedException">The read end is or was closed meanwhile by this process.</exception>
    /// <exception cref="IOException">The kernel failed; <see cref="ReadFrom(TransferEndpoint, bool,
    /// CancellationToken)"/> had failed, and what it had moved is read; or a tee target failed that must
    /// not.</exception>
    public int Read(Span<byte> buffer) => PipeCall.Read(Core, buffer);

    /// <summary>Reads what is there, at least one byte; no thread waits.</summary>
    /// <param name="buffer">Where to; if empty, returns 0 at once.</param>
    /// <param name="cancellationToken">Gives up; no byte is lost.</param>
    /// <returns>Bytes read; 0 at the end of the stream.</returns>
    /// <inheritdoc cref="Read" path="/exception"/>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        => PipeCall.ReadAsync(Core, buffer, cancellationToken);

    /// <summary>Writes all of it; the calling thread waits while the pipe is full.</summary>
    /// <param name="buffer">What to write; nothing happens if it is empty.</param>
    /// <exception cref="ObjectDisposedException">The write end is or was closed meanwhile by this process.</exception>
    /// <exception cref="IOException">The read end is closed (EPIPE), or the kernel failed.</exception>
    public void Write(ReadOnlySpan<byte> buffer) => PipeCall.Write(Core, buffer);

    /// <summary>Writes all of it; no thread waits while the pipe is full.</summary>
    /// <param name="buffer">What to write. Unchanged until completion.</param>
    /// <param name="cancellationToken">Gives up; some of it may have been written, see
    /// <see cref="ITransferFailure"/>.</param>
    /// <inheritdoc cref="Write" path="/exception"/>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        => PipeCall.WriteAsync(Core, buffer, cancellationToken);

    /// <summary>Moves everything from a source into the pipe until the source ends, and then closes the write end, so
    /// that whoever reads the pipe sees the end too. The calling thread waits.</summary>
    /// <param name="source">Where bytes come from. Not owned.</param>
    /// <param name="leaveOpen">True: the write end stays open.</param>
    /// <param name="cancellationToken">Ends it; the write end stays open. Bytes that were taken and could not be
    /// written are in <see cref="ITransferFailure.Undelivered"/>.</param>
    /// <returns>How many bytes, by which mechanism.</returns>
    /// <remarks>When the source fails or is disposed, the write end is closed too: readers get what has come and then
    /// the same failure, never a clean end of a truncated stream; unless <paramref name="leaveOpen"/> is
    /// true.</remarks>
    /// <exception cref="ArgumentException">The source is null, this pipe itself, or can never be read.</exception>
    /// <exception cref="TransferException">An end failed.</exception>
    /// <exception cref="TransferCanceledException">The token was cancelled.</exception>
    /// <exception cref="TransferDisposedException">This process disposed an end.</exception>
    public TransferResult ReadFrom(
        TransferEndpoint source, bool leaveOpen = false, CancellationToken cancellationToken = default)
        => PipeFill.Run(ForReadFrom(source), Core, leaveOpen, cancellationToken);

    /// <summary>The same as <see cref="ReadFrom(TransferEndpoint, bool, CancellationToken)"/>; no thread
    /// waits.</summary>
    /// <inheritdoc cref="ReadFrom(TransferEndpoint, bool, CancellationToken)"/>
    public ValueTask<TransferResult> ReadFromAsync(
        TransferEndpoint source, bool leaveOpen = false, CancellationToken cancellationToken = default)
        => PipeFill.RunAsync(ForReadFrom(source), Core, leaveOpen, cancellationToken);

    /// <summary>Moves everything out of the pipe to a destination until the pipe's write end is closed and the pipe is
    /// empty. The calling thread waits. The same as <see cref="Transfer.Copy"/> from this pipe, with
    /// <see cref="TransferOptions.KeepUndelivered"/>.</summary>
    /// <param name="destination">Where bytes go. Not owned, not shut down.</param>
    /// <param name="cancellationToken">Ends it; what was not taken stays in the pipe, what was taken and could not be
    /// written is in <see cref="ITransferFailure.Undelivered"/>.</param>
    /// <returns>How many bytes, by which mechanism.</returns>
    /// <inheritdoc cref="Transfer.Copy" path="/exception"/>
    public TransferResult WriteTo(TransferEndpoint destination, CancellationToken cancellationToken = default)
        => Transfer.Copy(this, destination, s_keeping, cancellationToken);

    /// <summary>The same as <see cref="WriteTo"/>; no thread waits.</summary>
    /// <inheritdoc cref="WriteTo"/>
    public ValueTask<TransferResult> WriteToAsync(
        TransferEndpoint destination, CancellationToken cancellationToken = default)
        => Transfer.CopyAsync(this, destination, s_keeping, cancellationToken);

    /// <summary>From here on every byte that leaves this pipe, by <see cref="Read"/>, <see cref="WriteTo"/> or a
    /// transfer, goes to <paramref name="destination"/> as well, exactly once and in order.</summary>
    /// <param name="destination">A <see cref="Pipe"/>, which shares the bytes by reference, or any other endpoint that
    /// can be written, which is served by a transfer in the background. Not owned; nothing else may write
    /// it. See <see cref="TeeOptions.LeaveOpen"/>.</param>
    /// <param name="options">What happens when the target lags or fails; null: it waits, and a failed one is
    /// detached.</param>
    /// <returns>The tee, which tells what the target got.</returns>
    /// <exception cref="ArgumentException">The destination is null, can never be written, is this pipe or a pipe that
    /// is teed into it (a cycle), or is the target of a tee already.</exception>
    /// <exception cref="InvalidOperationException">The pipe was read or written before: the target would miss the
    /// beginning.</exception>
    /// <exception cref="ObjectDisposedException">An end of this pipe is closed.</exception>
    public Tee Tee(TransferEndpoint destination, TeeOptions? options = null)
        => new(TeeTarget.Attach(
            Core,
            EndpointResolver.Resolve(destination, Use.Write, nameof(destination)),
            options ?? TeeOptions.Default));

    /// <summary>The read end as a stream. Disposing the stream closes the read end.</summary>
    public Stream AsReadStream() => new PipeStream(Core, isReadEnd: true);

    /// <summary>The write end as a stream. Disposing the stream closes the write end.</summary>
    public Stream AsWriteStream() => new PipeStream(Core, isReadEnd: false);

    /// <summary>Closes the read end: writing fails with EPIPE from here on, and what is in the pipe is dropped. Again:
    /// does nothing.</summary>
    public void CloseRead() => Core.CloseRead();

    /// <summary>Closes the write end: readers get what is in the pipe and then its end. Again: does nothing.</summary>
    public void CloseWrite() => Core.CloseWrite(null);

    /// <summary>Closes both ends, at any moment; whoever waits for the pipe ends with
    /// <see cref="ObjectDisposedException"/>. Again: does nothing.</summary>
    public void Dispose() => Core.Dispose();

    private Endpoint ForReadFrom(TransferEndpoint source)
    {
        Endpoint from = EndpointResolver.Resolve(source, Use.Read, nameof(source));
        return from.Pipe == Core ? throw ThrowHelper.PipeIntoItself(nameof(source)) : from;
    }
}

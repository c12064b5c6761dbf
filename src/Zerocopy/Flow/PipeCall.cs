using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>Reads and writes of a <see cref="Pipe"/>: tried at once, and where that would block, a flow between the
/// pipe and the caller's buffer.</summary>
internal static class PipeCall
{
    private static readonly TransferOptions s_options = new();

    internal static int Read(PipeCore pipe, Span<byte> buffer)
    {
        Endpoint source = EndpointResolver.FromPipe(pipe, EndpointResolver.Use.Read, nameof(pipe));
        return buffer.IsEmpty ? 0 : TryRead(pipe, buffer, out int count) ? count
            : SyncCall.Read(source, buffer, s_options);
    }

    internal static ValueTask<int> ReadAsync(PipeCore pipe, Memory<byte> buffer, CancellationToken token)
    {
        Endpoint source = EndpointResolver.FromPipe(pipe, EndpointResolver.Use.Read, nameof(pipe));
        if (token.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<int>(token);
        }

        return buffer.IsEmpty ? new ValueTask<int>(0)
            : TryRead(pipe, buffer.Span, out int count) ? new ValueTask<int>(count)
            : TransferOperation.StartRead(source, buffer, s_options, caller: null, token);
    }

    internal static void Write(PipeCore pipe, ReadOnlySpan<byte> bytes)
    {
        Endpoint destination = EndpointResolver.FromPipe(pipe, EndpointResolver.Use.Write, nameof(pipe));
        int written = TryWrite(pipe, bytes);
        if (written < bytes.Length)
        {
            SyncCall.Write(destination, bytes[written..], written, s_options);
        }
    }

    internal static ValueTask WriteAsync(PipeCore pipe, ReadOnlyMemory<byte> bytes, CancellationToken token)
    {
        Endpoint destination = EndpointResolver.FromPipe(pipe, EndpointResolver.Use.Write, nameof(pipe));
        if (token.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(token);
        }

        int written = TryWrite(pipe, bytes.Span);
        return written == bytes.Length ? default : TransferOperation.StartWrite(
            destination, bytes[written..], written, s_options, caller: null, token);
    }

    /// <returns>False if it would block, fails, or concerns a tee: then the flow does it, and says what there is to
    /// say.</returns>
    private static bool TryRead(PipeCore pipe, Span<byte> buffer, out int count)
    {
        count = 0;
        pipe.Begin();
        if (!pipe.IsKernelPipe || pipe.Tees.Count > 0)
        {
            return false;
        }

        Moved read = ReadNow((KernelPipe)pipe, buffer);
        count = read.IsError ? 0 : read.Count;

        // A dispose closes both ends, so it looks like the end of the stream. It says so first.
        return count > 0 || (!read.IsError && pipe.Fault is null && !pipe.IsReadClosed);
    }

    private static int TryWrite(PipeCore pipe, ReadOnlySpan<byte> bytes)
    {
        pipe.Begin();
        if (!pipe.IsKernelPipe || bytes.IsEmpty)
        {
            return 0;
        }

        Moved written = WriteNow((KernelPipe)pipe, bytes);
        return written.IsError ? 0 : written.Count;
    }

    private static unsafe Moved ReadNow(KernelPipe pipe, Span<byte> buffer)
    {
        if (!FdLease.TryAcquire(pipe.ReadEnd, out FdLease lease))
        {
            return Moved.WouldBlock;
        }

        using (lease)
        {
            fixed (byte* start = buffer)
            {
                return LinuxKernel.Instance.ReadPipe(lease.Fd, start, buffer.Length);
            }
        }
    }

    private static unsafe Moved WriteNow(KernelPipe pipe, ReadOnlySpan<byte> bytes)
    {
        if (!FdLease.TryAcquire(pipe.WriteEnd, out FdLease lease))
        {
            return Moved.WouldBlock;
        }

        using (lease)
        {
            fixed (byte* start = bytes)
            {
                return LinuxKernel.Instance.WritePipe(lease.Fd, start, bytes.Length);
            }
        }
    }
}

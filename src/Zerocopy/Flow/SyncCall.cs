using System.Diagnostics;

namespace Zerocopy;

/// <summary>Operations at home on the thread that calls, which waits for their end.</summary>
internal static class SyncCall
{
    internal static TransferResult Run(
        in Endpoint source,
        in Endpoint destination,
        TransferMechanism route,
        TransferOptions options,
        PipeCore? fills,
        CancellationToken token)
    {
        // Of the branch to a mirror nothing is known before it is made, so with a mirror it can always be woken.
        CallerHome caller = CallerHome.Take(
            token.CanBeCanceled || options.Mirror is not null || IsWaking(source) || IsWaking(destination));
        try
        {
            return ResultOf(TransferOperation.Start(source, destination, route, options, fills, caller, token));
        }
        finally
        {
            caller.Give();
        }
    }

    /// <summary>One read of a pipe.</summary>
    internal static unsafe int Read(in Endpoint source, Span<byte> buffer, TransferOptions options)
    {
        CallerHome caller = CallerHome.Take(IsWaking(source));
        try
        {
            fixed (byte* start = buffer)
            {
                Memory<byte> memory = caller.Borrow(start, buffer.Length);
                return ResultOf(TransferOperation.StartRead(source, memory, options, caller, CancellationToken.None));
            }
        }
        finally
        {
            caller.Give();
        }
    }

    /// <summary>One write of a pipe.</summary>
    internal static unsafe void Write(
        in Endpoint destination, ReadOnlySpan<byte> bytes, int written, TransferOptions options)
    {
        CallerHome caller = CallerHome.Take(IsWaking(destination));
        try
        {
            fixed (byte* start = bytes)
            {
                Memory<byte> memory = caller.Borrow(start, bytes.Length);
                TakeEnd(TransferOperation.StartWrite(
                    destination, memory, written, options, caller, CancellationToken.None));
            }
        }
        finally
        {
            caller.Give();
        }
    }

    private static bool IsWaking(in Endpoint endpoint)
        => endpoint.Kind is EndpointKind.MemoryPipe or EndpointKind.Pipeline;

    private static void TakeEnd(ValueTask over)
    {
        Debug.Assert(over.IsCompleted);
        over.GetAwaiter().GetResult();
    }

    private static TResult ResultOf<TResult>(ValueTask<TResult> over)
    {
        Debug.Assert(over.IsCompleted);
        return over.GetAwaiter().GetResult();
    }
}

using System.Runtime.CompilerServices;

namespace Zerocopy;

/// <summary>ReadFrom of a <see cref="Pipe"/>: a transfer into it that passes on how the source ended.</summary>
internal static class PipeFill
{
    private static readonly TransferOptions s_options = new() { KeepUndelivered = true };

    internal static TransferResult Run(in Endpoint source, PipeCore pipe, bool leaveOpen, CancellationToken token)
    {
        Endpoint destination = EndpointResolver.FromPipe(pipe, EndpointResolver.Use.Write, "pipe");
        TransferRoute route = RouteChoice.Choose(source, destination, TransferMode.Auto);
        if (token.IsCancellationRequested)
        {
            throw Canceled(route, token);
        }

        try
        {
            TransferResult result = SyncTransfer.Run(source, destination, route, s_options, token);
            Close(pipe, leaveOpen, null);
            return result;
        }
        catch (Exception e) when (IsCutOff(e))
        {
            Close(pipe, leaveOpen, e);
            throw;
        }
    }

    internal static ValueTask<TransferResult> RunAsync(
        in Endpoint source, PipeCore pipe, bool leaveOpen, CancellationToken token)
    {
        Endpoint destination = EndpointResolver.FromPipe(pipe, EndpointResolver.Use.Write, "pipe");
        TransferRoute route = RouteChoice.Choose(source, destination, TransferMode.Auto);
        return token.IsCancellationRequested
            ? ValueTask.FromException<TransferResult>(Canceled(route, token))
            : FinishAsync(TransferOperation.Start(source, destination, route, s_options, token), pipe, leaveOpen);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<TransferResult> FinishAsync(
        ValueTask<TransferResult> transfer, PipeCore pipe, bool leaveOpen)
    {
        try
        {
            TransferResult result = await transfer.ConfigureAwait(false);
            Close(pipe, leaveOpen, null);
            return result;
        }
        catch (Exception e) when (IsCutOff(e))
        {
            Close(pipe, leaveOpen, e);
            throw;
        }
    }

    private static TransferCanceledException Canceled(TransferRoute route, CancellationToken token)
        => new(TransferResult.OfNothing(TransferEnd.Canceled, route), default, null, token);

    // A cancelled one can go on: its source and its pipe are whole.
    private static bool IsCutOff(Exception e) => e is ITransferFailure and not OperationCanceledException;

    private static void Close(PipeCore pipe, bool leaveOpen, Exception? fault)
    {
        if (!leaveOpen)
        {
            pipe.CloseWrite(fault);
        }
    }
}

namespace Zerocopy;

/// <summary>ReadFrom of a <see cref="Pipe"/>: a transfer into it that passes on how the source ended.</summary>
internal static class PipeFill
{
    private static readonly TransferOptions s_options = new() { KeepUndelivered = true };

    internal static TransferResult Run(in Endpoint source, PipeCore pipe, bool leaveOpen, CancellationToken token)
    {
        Endpoint destination = EndpointResolver.FromPipe(pipe, EndpointResolver.Use.Write, "pipe");
        TransferMechanism route = RouteChoice.Choose(source, destination, TransferMode.Auto);
        if (token.IsCancellationRequested)
        {
            throw Canceled(route, token);
        }

        return SyncCall.Run(source, destination, route, s_options, leaveOpen ? null : pipe, token);
    }

    internal static ValueTask<TransferResult> RunAsync(
        in Endpoint source, PipeCore pipe, bool leaveOpen, CancellationToken token)
    {
        Endpoint destination = EndpointResolver.FromPipe(pipe, EndpointResolver.Use.Write, "pipe");
        TransferMechanism route = RouteChoice.Choose(source, destination, TransferMode.Auto);
        return token.IsCancellationRequested
            ? ValueTask.FromException<TransferResult>(Canceled(route, token))
            : TransferOperation.Start(
                source, destination, route, s_options, leaveOpen ? null : pipe, caller: null, token);
    }

    /// <summary>The transfer into the pipe is over: its readers learn how.</summary>
    /// <param name="pipe">Whose write end is closed, unless the transfer can go on.</param>
    /// <param name="failure">What it throws; null where it ended well.</param>
    internal static void Conclude(PipeCore pipe, Exception? failure)
    {
        if (failure is null || IsCutOff(failure))
        {
            pipe.CloseWrite(failure);
        }
    }

    private static TransferCanceledException Canceled(TransferMechanism route, CancellationToken token)
        => new(TransferResult.OfNothing(TransferEnd.Canceled, route), default, null, token);

    // A cancelled one can go on: its source and its pipe are whole.
    private static bool IsCutOff(Exception e) => e is ITransferFailure and not OperationCanceledException;
}

using System.Diagnostics;
using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>One target of a tee from its first byte to its completion: the pipe that the tee fills, and, unless that
/// is the user's own, the transfer which empties it into the target.</summary>
internal sealed class TeeTarget
{
    /// <summary>How long a target that must not hold up may still take what it was given.</summary>
    internal const int DetachedMs = 250;

    /// <summary>The same after a failure, for one that should get everything.</summary>
    internal const int CutOffMs = 2000;

    private static readonly TransferOptions s_delivery = new();

    private readonly TaskCompletionSource<TeeResult> _completion = new(
        TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly Lock? _gate; // Of the pipe whose bytes these are; null in a flow, which has its own order.
    private readonly bool _leaveOpen;
    private readonly CancellationTokenSource? _delivery; // Null if the target is a pipe, which nobody else empties.

    private TeeTarget(PipeCore branch, TeeOptions options, bool isDirect, Lock? gate)
    {
        _gate = gate;
        Branch = branch;
        State = new TeeBranch(options.OnLag == TeeLag.Detach, options.OnFailure == TeeFailure.Stop, OnEnded);
        _leaveOpen = options.LeaveOpen;
        _delivery = isDirect ? null : new CancellationTokenSource();
    }

    /// <summary>The pipe that the tee fills.</summary>
    internal PipeCore Branch { get; }

    internal TeeBranch State { get; }

    internal Task<TeeResult> Completion => _completion.Task;

    internal long BytesMirrored => State.BytesTeed + State.BytesCopied;

    /// <summary>Makes a target of the user's pipe.</summary>
    internal static TeeTarget Attach(PipeCore source, in Endpoint destination, TeeOptions options)
    {
        PipeCore? pipe = destination.Pipe;
        if (pipe is not null)
        {
            RequireTree(source, pipe);
        }

        if (source.IsReadClosed || source.IsWriteClosed)
        {
            throw ThrowHelper.PipeClosed(source.IsReadClosed ? "read" : "write");
        }

        if (source.HasBegun)
        {
            throw ThrowHelper.TeeTooLate();
        }

        bool isDirect = pipe is not null && pipe.IsKernelPipe == source.IsKernelPipe;
        PipeCore branch = isDirect ? pipe! : MakeBranch(source.IsKernelPipe, options);
        TeeTarget target = new(branch, options, isDirect, source.Gate);
        target.DeliverOrDispose(destination, TransferMode.Auto);
        pipe?.IsTarget = true;
        source.Targets.Add(target.Branch);
        source.Tees.Add(target.State);
        return target;
    }

    /// <summary>Makes what gets a copy of a flow's bytes, if its options ask for one.</summary>
    internal static TeeTarget? MirrorOf(FlowOptions options, in Endpoint source, in Endpoint destination)
        => MirrorChoice.Choose(options, source, destination) is { } mirror
            ? Mirror(mirror, options.MirrorOptions, options.Mode) : null;

    /// <summary>Makes a target of one flow.</summary>
    /// <param name="destination">Where the bytes go.</param>
    /// <param name="options">What if it lags or fails.</param>
    /// <param name="mode">The flow's: <see cref="TransferMode.CopyOnly"/> holds for the way to the target too.</param>
    internal static TeeTarget Mirror(in Endpoint destination, TeeOptions options, TransferMode mode)
    {
        PipeCore? pipe = destination.Pipe;
        PipeCore branch = pipe ?? (mode == TransferMode.RequireZeroCopy
            ? MakeBranch(inKernel: true, options) : PipeCore.Create(options.CapacityBytes));
        TeeTarget target = new(branch, options, isDirect: pipe is not null, gate: null);
        target.DeliverOrDispose(destination, mode == TransferMode.CopyOnly ? mode : TransferMode.Auto);
        return target;
    }

    /// <summary>The result with the counts of a flow that has ended: one that still ran when the target failed had not
    /// counted its last tee.</summary>
    internal TeeResult FinalResult()
    {
        TeeResult result = Completion.Result;
        return new TeeResult(State.BytesTeed, State.BytesCopied, result.EndedBy, result.Exception, result.Delivery);
    }

    /// <summary>The flow that it was made for does not begin: what empties its pipe ends, and the destination is left
    /// as it was.</summary>
    internal void Discard()
    {
        Debug.Assert(BytesMirrored == 0);
        if (_delivery is not null)
        {
            State.End(TeeEnd.EndOfStream);
        }
    }

    /// <summary>Drops what the target has not got yet.</summary>
    internal void Abort() => _delivery?.Cancel();

    private static void RequireTree(PipeCore source, PipeCore pipe)
    {
        const string Parameter = "destination";
        if (pipe == source)
        {
            throw ThrowHelper.PipeIntoItself(Parameter);
        }

        if (pipe.Feeds(source))
        {
            throw ThrowHelper.Argument(Parameter, "a pipe that is teed into this one: a cycle");
        }

        if (pipe.IsTarget)
        {
            throw ThrowHelper.Argument(Parameter, "a pipe that is the target of a tee already");
        }
    }

    // tee(2) joins pipes of the kernel only, so both are of one kind.
    private static PipeCore MakeBranch(bool inKernel, TeeOptions options)
    {
        PipeCore branch = inKernel ? PipeCore.Create(options.CapacityBytes) : new MemoryPipe(options.CapacityBytes);
        return branch.IsKernelPipe == inKernel ? branch : throw ThrowHelper.Kernel("pipe2", (int)Errno.EMFILE);
    }

    private void DeliverOrDispose(in Endpoint destination, TransferMode mode)
    {
        try
        {
            Deliver(destination, mode);
        }
        catch when (_delivery is not null)
        {
            Branch.Dispose(); // No loop could be made.
            throw;
        }
    }

    private void Deliver(in Endpoint destination, TransferMode mode)
    {
        if (_delivery is not null)
        {
            Endpoint from = EndpointResolver.FromBranch(Branch);
            TransferMechanism route = RouteChoice.Choose(from, destination, mode);
            _ = DeliverAsync(TransferOperation.Start(
                from, destination, route, s_delivery, fills: null, caller: null, _delivery.Token));
        }
    }

    private async Task DeliverAsync(ValueTask<TransferResult> delivery)
    {
        TransferResult delivered;
        Exception? failure = null;
        try
        {
            delivered = await delivery.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            delivered = e is ITransferFailure stopped ? stopped.Progress : default;
            failure = e is TransferCanceledException ? null : e; // Cancelled is what lagged, or was aborted.
        }

        Branch.CloseRead(); // Whoever fills it learns of a failure: EPIPE.
        Branch.CloseWrite(null);
        TeeResult result;
        if (_gate is null)
        {
            result = DeliveredResult(delivered, failure);
        }
        else
        {
            lock (_gate) // A tee that is going on has not counted its bytes yet.
            {
                result = DeliveredResult(delivered, failure);
            }
        }

        _completion.SetResult(result);
    }

    private TeeResult DeliveredResult(in TransferResult delivered, Exception? failure)
    {
        TeeEnd endedBy = failure is not null ? TeeEnd.Failed
            : State.EndedBy == TeeEnd.EndOfStream && _delivery!.IsCancellationRequested ? TeeEnd.Lagged
            : State.EndedBy;
        Debug.Assert(endedBy != TeeEnd.None);
        return new TeeResult(State.BytesTeed, State.BytesCopied, endedBy, failure, delivered);
    }

    /// <summary>No byte comes any more.</summary>
    private void OnEnded(TeeBranch state)
    {
        if (_delivery is not null)
        {
            Branch.CloseWrite(null);
            if (state.EndedBy == TeeEnd.Lagged)
            {
                _delivery.CancelAfter(DetachedMs);
            }

            return;
        }

        Exception? failure = state.EndedBy == TeeEnd.Failed ? ThrowHelper.TeeFailed(state.Error) : null;
        if (!_leaveOpen)
        {
            // The reader of a stream that was cut short must not take it for whole.
            bool isWhole = state.EndedBy == TeeEnd.EndOfStream;
            Branch.CloseWrite(isWhole ? null : failure ?? ThrowHelper.TeeCut(state.EndedBy));
        }

        _completion.SetResult(new TeeResult(state.BytesTeed, state.BytesCopied, state.EndedBy, failure, null));
    }
}

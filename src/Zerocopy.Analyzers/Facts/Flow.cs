using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Zerocopy.Analyzers;

/// <summary>An asynchronous call that moves bytes one way.</summary>
internal sealed class Flow(IInvocationOperation call, IOperation source, IOperation destination)
{
    internal IInvocationOperation Call { get; } = call;

    internal IOperation Source { get; } = source;

    internal IOperation Destination { get; } = destination;

    /// <returns>Null if it is no transfer of ours.</returns>
    internal static Flow? OfTransfer(IInvocationOperation call, KnownSymbols known)
        => EndpointCall.Read(call, known) is { IsTransfer: true, IsAsync: true } transfer
            ? new Flow(call, transfer.End(EndpointUse.Read), transfer.End(EndpointUse.Write)) : null;

    /// <returns>Null if it is no <c>Stream.CopyToAsync</c>.</returns>
    internal static Flow? OfStreams(IInvocationOperation call, KnownSymbols known)
        => call is { TargetMethod: { Name: "CopyToAsync" } method, Instance: { } source, Arguments.Length: > 0 }
            && KnownSymbols.Derives(method.ContainingType, known.Stream)
            && call.Arguments.FirstOrDefault(static argument => argument.Parameter?.Ordinal == 0) is { } destination
            ? new Flow(call, source, destination.Value) : null;
}

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Zerocopy.Analyzers;

/// <summary>ZC1009: a tee has to see the pipe's first byte.</summary>
internal sealed class LateTeeRule : Rule
{
    private static readonly DiagnosticDescriptor s_descriptor = new(
        RuleIds.LateTee,
        "Tee attached after the transfer began",
        "'{0}' was read or written before: Tee throws InvalidOperationException, because the target "
            + "would miss the beginning",
        Category.DataLoss,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink(RuleIds.LateTee));

    internal override DiagnosticDescriptor Descriptor => s_descriptor;

    internal override void OnCall(EndpointCall call, Report report)
    {
        if (call.IsTee
            && Identity.Of(call.Receiver, call.Known) is { } pipe
            && Preceding.Of(call.Invocation).Any(operation => Uses(operation, pipe, call.Known)))
        {
            report.At(call.Invocation, pipe.Name);
        }
    }

    /// <summary>Whether an operation moves bytes into or out of a pipe.</summary>
    internal static bool Uses(IOperation operation, ISymbol pipe, KnownSymbols known)
    {
        if (operation is not IInvocationOperation invocation)
        {
            return false;
        }

        if (EndpointCall.Read(invocation, known) is { } call)
        {
            return !call.IsTee
                && call.Endpoints.Any(endpoint => KnownSymbols.Same(pipe, Identity.Of(endpoint.Value, known)));
        }

        return invocation.TargetMethod.Name is "Read" or "ReadAsync" or "Write" or "WriteAsync"
            && KnownSymbols.Same(invocation.TargetMethod.ContainingType, known.Pipe)
            && KnownSymbols.Same(pipe, Identity.Of(invocation.Instance, known));
    }
}

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Zerocopy.Analyzers;

/// <summary>ZC1017: a relay, written by hand out of two transfers.</summary>
internal sealed class OppositeTransfersRule : Rule
{
    private static readonly DiagnosticDescriptor s_descriptor = new(
        RuleIds.OppositeTransfers,
        "Two opposite transfers between the same ends",
        "Two transfers move bytes both ways between '{0}' and '{1}': Relay.RunAsync does it with "
            + "half-close, one timeout and one result",
        Category.Performance,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink(RuleIds.OppositeTransfers));

    internal override DiagnosticDescriptor Descriptor => s_descriptor;

    internal override void OnCall(EndpointCall call, Report report)
    {
        if (OppositeOf(call) is { } opposite && opposite.Syntax.SpanStart < call.Invocation.Syntax.SpanStart)
        {
            report.At(
                call.Invocation,
                Identity.Of(call.Endpoints[1].Value, call.Known)!.Name,
                Identity.Of(call.Endpoints[0].Value, call.Known)!.Name);
        }
    }

    /// <returns>The transfer the other way that runs at the same time; null if there is none.</returns>
    private static IInvocationOperation? OppositeOf(EndpointCall call)
    {
        if (!IsStarted(call)
            || Identity.Of(call.Endpoints[0].Value, call.Known) is not { } source
            || Identity.Of(call.Endpoints[1].Value, call.Known) is not { } destination
            || KnownSymbols.Same(source, destination))
        {
            return null;
        }

        IOperation function = Body.FunctionOf(call.Invocation);
        return function.Descendants()
            .OfType<IInvocationOperation>()
            .FirstOrDefault(other => other != call.Invocation
                && Body.FunctionOf(other) == function
                && EndpointCall.Read(other, call.Known) is { } opposite
                && IsStarted(opposite)
                && KnownSymbols.Same(source, Identity.Of(opposite.Endpoints[1].Value, call.Known))
                && KnownSymbols.Same(destination, Identity.Of(opposite.Endpoints[0].Value, call.Known)));
    }

    // Awaited where it is called, it has ended before the next one begins.
    private static bool IsStarted(EndpointCall call)
        => call.IsTransfer && call.IsAsync && Tasks.Outermost(call.Invocation).Parent is not IAwaitOperation;
}

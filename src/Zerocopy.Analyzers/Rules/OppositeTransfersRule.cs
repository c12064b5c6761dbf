using Microsoft.CodeAnalysis;

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
        if (BothWays.Of(Flow.OfTransfer(call.Invocation, call.Known), call.Known, Flow.OfTransfer) is { } both
            && !both.IsTruncated)
        {
            report.At(
                call.Invocation,
                Identity.Of(both.Back.Destination, call.Known)!.Name,
                Identity.Of(both.Back.Source, call.Known)!.Name);
        }
    }
}

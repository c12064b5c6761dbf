using Microsoft.CodeAnalysis;

namespace Zerocopy.Analyzers;

/// <summary>ZC1027: both directions of a connection under Task.WhenAny, as many proxies have it. The end of the first
/// is the end of the method, and of whatever the other one had still to move.</summary>
internal sealed class TruncatedRelayRule : Rule
{
    private static readonly DiagnosticDescriptor s_descriptor = new(
        RuleIds.TruncatedRelay,
        "Task.WhenAny cuts off the other direction",
        "{0} goes on as soon as one direction between '{1}' and '{2}' has ended, and what the other one has still to "
            + "move is lost; Relay.RunAsync waits for both",
        Category.DataLoss,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink(RuleIds.TruncatedRelay));

    internal override DiagnosticDescriptor Descriptor => s_descriptor;

    internal override void OnCall(EndpointCall call, Report report)
    {
        if (BothWays.Of(Flow.OfTransfer(call.Invocation, call.Known), call.Known, Flow.OfTransfer) is { } both
            && both.IsTruncated)
        {
            report.At(
                call.Invocation,
                both.Combiner!.TargetMethod.Name,
                Identity.Of(both.Back.Destination, call.Known)!.Name,
                Identity.Of(both.Back.Source, call.Known)!.Name);
        }
    }
}

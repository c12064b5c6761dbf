using Microsoft.CodeAnalysis;

namespace Zerocopy.Analyzers;

/// <summary>ZC1026: a call whose task nobody ever sees. The compiler says so in async methods only, and not of a local
/// that is never looked at.</summary>
internal sealed class NotAwaitedRule : Rule
{
    private static readonly DiagnosticDescriptor s_descriptor = new(
        RuleIds.NotAwaited,
        "Transfer is started and forgotten",
        "Nobody awaits {0}, so nobody learns how it ends: await it, or say with '_ =' that this does not matter",
        Category.Correctness,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink(RuleIds.NotAwaited));

    internal override DiagnosticDescriptor Descriptor => s_descriptor;

    internal override void OnCall(EndpointCall call, Report report)
    {
        if (!call.IsAsync)
        {
            return; // Relay.Start is for those who go on.
        }

        Fate fate = Fate.Of(call.Invocation, call.Known);
        if (fate is { Kind: FateKind.Dropped or FateKind.Forgotten, IsHandedOn: false }
            && DisposedTooEarlyRule.FirstDisposed(call) is null)
        {
            report.At(call.Invocation, call.Name);
        }
    }
}

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Zerocopy.Analyzers;

/// <summary>ZC1018: disposing a relay ends it, whatever it has still to move.</summary>
internal sealed class RelayNotAwaitedRule : Rule
{
    private static readonly DiagnosticDescriptor s_descriptor = new(
        RuleIds.RelayNotAwaited,
        "Relay is disposed before it has ended",
        "'{0}' is aborted by its disposal, because nothing waits for it; await its Completion",
        Category.DataLoss,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink(RuleIds.RelayNotAwaited));

    internal override DiagnosticDescriptor Descriptor => s_descriptor;

    internal override void OnCall(EndpointCall call, Report report)
    {
        if (!call.IsRelay
            || call.Name != "Start"
            || Locals.InitializedBy(call.Invocation) is not { } declarator
            || !Locals.IsUsing(declarator))
        {
            return;
        }

        Variable relay = Body.Of(declarator).Get(declarator.Symbol);
        if (Locals.ScopeOf(declarator) is { } scope
            && relay.References.TrueForAll(static reference => IsGlance(reference))
            && !Waiting.After(declarator, scope))
        {
            report.At(call.Invocation, declarator.Symbol.Name);
        }
    }

    private static bool IsGlance(IOperation reference)
        => reference.Parent is IPropertyReferenceOperation { Property.Name: "Progress" };
}

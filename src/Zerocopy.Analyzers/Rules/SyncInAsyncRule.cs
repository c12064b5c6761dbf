using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Zerocopy.Analyzers;

/// <summary>ZC1015: a blocking transfer where an awaited one would do.</summary>
internal sealed class SyncInAsyncRule : Rule
{
    private static readonly DiagnosticDescriptor s_descriptor = new(
        RuleIds.SyncInAsync,
        "Sync transfer in async method",
        "{0} blocks a thread of this async method until the last byte has moved; await {0}Async",
        Category.Performance,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink(RuleIds.SyncInAsync));

    internal override DiagnosticDescriptor Descriptor => s_descriptor;

    internal override void OnCall(EndpointCall call, Report report)
    {
        if (call.Name is "Copy" or "ReadFrom" or "WriteTo"
            && Tasks.IsInAsyncMethod(call.Invocation)
            && !Ancestors(call.Invocation).Any(static ancestor => ancestor is ILockOperation))
        {
            report.At(call.Invocation, call.Name);
        }
    }

    private static IEnumerable<IOperation> Ancestors(IOperation operation)
    {
        for (IOperation? parent = operation.Parent; parent is not null; parent = parent.Parent)
        {
            yield return parent;
        }
    }
}

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Zerocopy.Analyzers;

/// <summary>ZC1008: a limit is a promise of the source that only the result can confirm.</summary>
internal sealed class BoundedResultIgnoredRule : Rule
{
    private static readonly DiagnosticDescriptor s_descriptor = new(
        RuleIds.BoundedResultIgnored,
        "Bounded transfer result ignored",
        "The transfer is limited to a number of bytes, and nobody looks whether that many came: the "
            + "source may have ended before",
        Category.DataLoss,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink(RuleIds.BoundedResultIgnored));

    internal override DiagnosticDescriptor Descriptor => s_descriptor;

    internal override void OnCall(EndpointCall call, Report report)
    {
        if (!call.IsTransfer
            || call.Options.Get("LimitBytes") is not { } limit
            || limit.ConstantValue is { HasValue: true, Value: null }
            || Constants.Number(limit) == 0)
        {
            return;
        }

        IOperation result = Tasks.Outermost(call.Invocation);
        bool isFinished = !call.IsAsync || result.Parent is IAwaitOperation;
        IOperation? user = result.Parent is IAwaitOperation awaited ? awaited.Parent : result.Parent;
        if (isFinished && user is IExpressionStatementOperation)
        {
            report.At(call.Invocation);
        }
    }
}

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Zerocopy.Analyzers;

/// <summary>ZC1012: a read or write is still on its way when the transfer starts on the same end.</summary>
internal sealed class RacingCallRule : Rule
{
    private static readonly DiagnosticDescriptor s_descriptor = new(
        RuleIds.RacingCall,
        "Un-awaited read races the transfer",
        "{0} on '{1}' is not awaited and races the transfer: nobody knows which of the two gets "
            + "which bytes",
        Category.DataLoss,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink(RuleIds.RacingCall));

    internal override DiagnosticDescriptor Descriptor => s_descriptor;

    internal override void OnCall(EndpointCall call, Report report)
    {
        foreach (EndpointValue endpoint in call.Endpoints)
        {
            if (PendingOn(endpoint, call) is { } pending)
            {
                string name = Identity.Of(endpoint.Value, call.Known)!.Name;
                report.At(endpoint.Value, pending.TargetMethod.Name, name);
            }
        }
    }

    /// <returns>The read or write that is still on its way at this end; null if there is none.</returns>
    internal static IInvocationOperation? PendingOn(EndpointValue endpoint, EndpointCall call)
        => call.IsTee || Identity.Of(endpoint.Value, call.Known) is not { } end ? null
            : Preceding.Of(call.Invocation).OfType<IInvocationOperation>().FirstOrDefault(
                started => IsCounterpart(started.TargetMethod.Name, endpoint.Use)
                    && KnownSymbols.Same(end, Identity.Of(started.Instance, call.Known))
                    && IsPending(started, call.Invocation));

    private static bool IsCounterpart(string name, EndpointUse use)
        => ((use & EndpointUse.Read) != 0 && name is "ReadAsync" or "ReadExactlyAsync" or "ReceiveAsync")
            || ((use & EndpointUse.Write) != 0 && name is "WriteAsync" or "SendAsync" or "SendFileAsync");

    // A task that was stored counts as awaited from its first use on, whatever that is.
    private static bool IsPending(IInvocationOperation started, IOperation transfer)
    {
        IOperation task = Tasks.Outermost(started);
        return task.Parent switch
        {
            IExpressionStatementOperation => true,
            ISimpleAssignmentOperation { Target: IDiscardOperation } => true,
            IVariableInitializerOperation { Parent: IVariableDeclaratorOperation declarator } =>
                Body.Of(started).Get(declarator.Symbol).References
                    .TrueForAll(reference => reference.Syntax.SpanStart > transfer.Syntax.SpanStart),
            _ => false,
        };
    }
}

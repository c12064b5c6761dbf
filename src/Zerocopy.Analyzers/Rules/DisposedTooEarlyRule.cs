using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Zerocopy.Analyzers;

/// <summary>ZC1013: a task that uses something is returned out of the using of that thing.</summary>
internal sealed class DisposedTooEarlyRule : Rule
{
    private static readonly DiagnosticDescriptor s_descriptor = new(
        RuleIds.DisposedTooEarly,
        "Endpoint disposed before the transfer ends",
        "'{0}' is disposed when this method returns, while the transfer still runs; await it here",
        Category.Correctness,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink(RuleIds.DisposedTooEarly));

    internal override DiagnosticDescriptor Descriptor => s_descriptor;

    internal override void OnCall(EndpointCall call, Report report)
    {
        if (!call.IsAsync || Tasks.Outermost(call.Invocation).Parent is not IReturnOperation { Parent: not null })
        {
            return;
        }

        IOperation function = Body.FunctionOf(call.Invocation);
        foreach (EndpointValue endpoint in call.Endpoints)
        {
            if (FirstDisposed(endpoint.Value, call.Known) is { } local
                && Body.FunctionOf(local) == function
                && !Tasks.IsInAsyncMethod(call.Invocation))
            {
                report.At(call.Invocation, local.Symbol.Name);
                return;
            }
        }
    }

    private static IVariableDeclaratorOperation? FirstDisposed(IOperation value, KnownSymbols known)
        => Identity.Of(value, known) is ILocalSymbol local
            && Body.Of(value).Get(local).Declarator is { } declarator
            && Locals.IsUsing(declarator)
                ? declarator : Wrapper(value, known);

    // `using NetworkStream stream = new(socket)`: the wrapper goes before the socket beneath does.
    private static IVariableDeclaratorOperation? Wrapper(IOperation value, KnownSymbols known)
        => Values.Strip(value, known) is ILocalReferenceOperation local
            && Body.Of(value).Get(local.Local).Declarator is { } declarator
            && Locals.IsUsing(declarator)
                ? declarator : null;
}

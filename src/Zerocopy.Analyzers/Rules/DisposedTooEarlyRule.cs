using Microsoft.CodeAnalysis;

namespace Zerocopy.Analyzers;

/// <summary>ZC1013: a call that nobody waits for under the using of one of its ends, or whose task is returned out of
/// it.</summary>
internal sealed class DisposedTooEarlyRule : Rule
{
    private static readonly DiagnosticDescriptor s_descriptor = new(
        RuleIds.DisposedTooEarly,
        "Endpoint disposed before the transfer ends",
        "'{0}' is disposed in this method, while the transfer still runs: nothing here waits for it; await it",
        Category.Correctness,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink(RuleIds.DisposedTooEarly));

    internal override DiagnosticDescriptor Descriptor => s_descriptor;

    internal override void OnCall(EndpointCall call, Report report)
    {
        if (FirstDisposed(call) is { } end)
        {
            report.At(call.Invocation, end.Name);
        }
    }

    /// <returns>The end that is disposed while the call still runs; null if there is none.</returns>
    internal static ISymbol? FirstDisposed(EndpointCall call)
    {
        if (!call.IsStarted)
        {
            return null;
        }

        Fate fate = Fate.Of(call.Invocation, call.Known);
        if (fate.Kind is FateKind.Awaited or FateKind.Kept && fate.Holder is null)
        {
            return null;
        }

        foreach (Usings disposal in Usings.Around(fate.Start, call.Known))
        {
            if (IsGone(fate, disposal.Scope) && EndIn(disposal.Symbols, call) is { } end)
            {
                return end;
            }
        }

        return null;
    }

    private static ISymbol? EndIn(HashSet<ISymbol> disposed, EndpointCall call)
        => call.Endpoints
            .SelectMany(end => Identity.Path(end.Value, call.Known, seesThrough: true))
            .FirstOrDefault(disposed.Contains);

    /// <summary>Whether a scope ends and the call does not.</summary>
    private static bool IsGone(Fate fate, IOperation scope) => fate.Kind switch
    {
        FateKind.Returned => true,
        FateKind.Awaited or FateKind.Kept when IsLookedAtIn(scope, fate) => false,
        _ => !Waiting.After(fate.Start, scope),
    };

    private static bool IsLookedAtIn(IOperation scope, Fate fate)
        => Body.Of(scope).Get(fate.Holder!).References.Exists(
            reference => scope.Syntax.Span.Contains(reference.Syntax.Span) && !Fate.IsGlance(reference));
}

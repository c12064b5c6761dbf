using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Zerocopy.Analyzers;

/// <summary>ZC1020: two streams in one pipe would be a mixture that nobody can take apart.</summary>
internal sealed class TeedTwiceRule : Rule
{
    private static readonly DiagnosticDescriptor s_descriptor = new(
        RuleIds.TeedTwice,
        "Two tees into the same pipe",
        "'{0}' is the target of a tee already: the second one is refused with ArgumentException",
        Category.Correctness,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink(RuleIds.TeedTwice));

    internal override DiagnosticDescriptor Descriptor => s_descriptor;

    internal override void OnCall(EndpointCall call, Report report)
    {
        if (call.IsTee
            && Identity.Of(call.Endpoints[0].Value, call.Known) is { } target
            && Preceding.Of(call.Invocation).Any(operation => IsTeeInto(operation, target, call.Known)))
        {
            report.At(call.Endpoints[0].Value, target.Name);
        }
    }

    private static bool IsTeeInto(IOperation operation, ISymbol target, KnownSymbols known)
        => operation is IInvocationOperation invocation
            && EndpointCall.Read(invocation, known) is { IsTee: true } tee
            && KnownSymbols.Same(Locals.TypeOf(target), known.Pipe)
            && KnownSymbols.Same(target, Identity.Of(tee.Endpoints[0].Value, known));
}

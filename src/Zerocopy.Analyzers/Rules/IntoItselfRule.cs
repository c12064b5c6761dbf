using Microsoft.CodeAnalysis;

namespace Zerocopy.Analyzers;

/// <summary>ZC1006: splice(2) and tee(2) answer EINVAL when both ends are the same pipe.</summary>
internal sealed class IntoItselfRule : Rule
{
    private static readonly DiagnosticDescriptor s_descriptor = new(
        RuleIds.IntoItself,
        "Pipe moved or teed into itself",
        "{0}: the call is refused with ArgumentException",
        Category.Correctness,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink(RuleIds.IntoItself));

    internal override DiagnosticDescriptor Descriptor => s_descriptor;

    internal override void OnCall(EndpointCall call, Report report)
    {
        if (call.IsTee)
        {
            if (SamePipe(call.Receiver, call.Endpoints[0].Value, call.Known) is { } teed)
            {
                report.At(call.Endpoints[0].Value, $"'{teed.Name}' is teed into itself");
            }

            return;
        }

        if (call.Endpoints is [var first, var second]
            && SamePipe(first.Value, second.Value, call.Known) is { } moved)
        {
            report.At(second.IsReceiver ? first.Value : second.Value, $"'{moved.Name}' is moved into itself");
        }
        else if (call.Options.Get("Mirror") is { } mirror
            && call.Endpoints.Any(endpoint => Identity.IsSame(endpoint.Value, mirror, call.Known)))
        {
            report.At(call.OptionsValue!, "The mirror is an end of the transfer itself");
        }
    }

    // The same socket at both ends is an echo, which is fine.
    private static ISymbol? SamePipe(IOperation? one, IOperation other, KnownSymbols known)
    {
        ISymbol? symbol = Identity.Of(one, known);
        ITypeSymbol? type = (symbol as ILocalSymbol)?.Type
            ?? (symbol as IParameterSymbol)?.Type ?? (symbol as IFieldSymbol)?.Type;
        return KnownSymbols.Same(type, known.Pipe) && KnownSymbols.Same(symbol, Identity.Of(other, known))
            ? symbol : null;
    }
}

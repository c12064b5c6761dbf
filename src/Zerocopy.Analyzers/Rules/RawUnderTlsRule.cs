using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Zerocopy.Analyzers;

/// <summary>ZC1010: a descriptor is moved from or to after a TLS stream was put on it.</summary>
internal sealed class RawUnderTlsRule : Rule
{
    private static readonly DiagnosticDescriptor s_descriptor = new(
        RuleIds.RawUnderTls,
        "Raw socket used under TLS",
        "'{0}' carries a TLS session: moving its bytes past the {1} mixes plain text with records",
        Category.DataLoss,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink(RuleIds.RawUnderTls));

    internal override DiagnosticDescriptor Descriptor => s_descriptor;

    internal override void OnCall(EndpointCall call, Report report)
    {
        foreach (EndpointValue endpoint in call.Endpoints)
        {
            if (Identity.Of(endpoint.Value, call.Known) is { } raw
                && Preceding.Of(call.Invocation).FirstOrDefault(created => Wraps(created, raw, call.Known)) is { } tls)
            {
                report.At(endpoint.Value, raw.Name, tls.Type!.Name);
            }
        }
    }

    // Left open on purpose, the raw stream may go on once the session has been shut down.
    private static bool Wraps(IOperation operation, ISymbol raw, KnownSymbols known)
        => operation is IObjectCreationOperation { Arguments: { Length: > 0 } arguments } created
            && KnownSymbols.Derives(created.Type, known.AuthenticatedStream)
            && KnownSymbols.Same(raw, Identity.Of(arguments[0].Value, known))
            && !arguments.Any(static argument => argument.Value.ConstantValue is { HasValue: true, Value: true });
}

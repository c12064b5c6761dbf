using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Zerocopy.Analyzers;

/// <summary>ZC1024: null and default convert to an endpoint, and every call refuses it.</summary>
internal sealed class NullEndpointRule : Rule
{
    private static readonly DiagnosticDescriptor s_descriptor = new(
        RuleIds.NullEndpoint,
        "Endpoint is null",
        "This endpoint is always null: the call throws ArgumentNullException",
        Category.Correctness,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink(RuleIds.NullEndpoint));

    internal override DiagnosticDescriptor Descriptor => s_descriptor;

    internal override void OnCall(EndpointCall call, Report report)
    {
        foreach (EndpointValue endpoint in call.Endpoints)
        {
            List<Origin> origins = Values.Origins(endpoint.Value, call.Known);
            if (!endpoint.IsReceiver && origins.Count > 0 && origins.TrueForAll(origin => IsNull(origin, call.Known)))
            {
                report.At(endpoint.Value);
            }
        }
    }

    private static bool IsNull(Origin origin, KnownSymbols known)
        => origin.IsNull
            || origin.Operation is IDefaultValueOperation
            || (origin.Operation is IObjectCreationOperation { Arguments.Length: 0 } created
                && KnownSymbols.Same(created.Type, known.Endpoint));
}

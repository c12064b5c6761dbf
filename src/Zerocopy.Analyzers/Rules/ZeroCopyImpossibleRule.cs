using Microsoft.CodeAnalysis;

namespace Zerocopy.Analyzers;

/// <summary>ZC1022: a call that refuses to copy, with an end that can only be copied.</summary>
internal sealed class ZeroCopyImpossibleRule : Rule
{
    private static readonly DiagnosticDescriptor s_descriptor = new(
        RuleIds.ZeroCopyImpossible,
        "RequireZeroCopy with an end that can never be spliced",
        "The kernel cannot move the bytes of a {0}: with RequireZeroCopy the call always throws "
            + "NotSupportedException",
        Category.Correctness,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink(RuleIds.ZeroCopyImpossible));

    internal override DiagnosticDescriptor Descriptor => s_descriptor;

    internal override void OnCall(EndpointCall call, Report report)
    {
        if (call.RequiresZeroCopy() != true)
        {
            return;
        }

        foreach (EndpointValue endpoint in call.Endpoints)
        {
            List<Origin> origins = Values.Origins(endpoint.Value, call.Known);
            origins.RemoveAll(static origin => origin.IsNull);
            if (origins.Count > 0 && origins.TrueForAll(call.Known.Streams.IsCopiedForCertain))
            {
                report.At(
                    endpoint.Value,
                    origins[0].Type?.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat) ?? "stream");
            }
        }
    }
}

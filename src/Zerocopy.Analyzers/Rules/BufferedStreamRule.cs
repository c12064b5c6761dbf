using Microsoft.CodeAnalysis;

namespace Zerocopy.Analyzers;

/// <summary>ZC1002: a BufferedStream is passed instead of the stream beneath it.</summary>
internal sealed class BufferedStreamRule : Rule
{
    private static readonly DiagnosticDescriptor s_descriptor = new(
        RuleIds.BufferedStream,
        "BufferedStream hides the descriptor",
        "BufferedStream hides the descriptor of the stream beneath, so every byte is copied{0}",
        Category.Performance,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink(RuleIds.BufferedStream));

    internal override DiagnosticDescriptor Descriptor => s_descriptor;

    internal override void OnCall(EndpointCall call, Report report)
    {
        if (call.IsCopyOnly() != false)
        {
            return;
        }

        foreach (EndpointValue endpoint in call.Endpoints)
        {
            List<Origin> origins = Values.Origins(endpoint.Value, call.Known);
            if (origins.Count > 0 && origins.TrueForAll(origin => IsBuffered(origin, call.Known)))
            {
                report.At(
                    endpoint.Value,
                    endpoint.Use == EndpointUse.Write
                        ? "; flush it and pass its UnderlyingStream" : "; pass the stream beneath before it is read");
            }
        }
    }

    private static bool IsBuffered(Origin origin, KnownSymbols known)
        => KnownSymbols.Derives(origin.Type, known.BufferedStream);
}

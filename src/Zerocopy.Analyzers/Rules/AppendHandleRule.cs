using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Zerocopy.Analyzers;

/// <summary>ZC1003: .NET's append mode is a position that only FileStream remembers; a bare handle has none.</summary>
internal sealed class AppendHandleRule : Rule
{
    private static readonly DiagnosticDescriptor s_descriptor = new(
        RuleIds.AppendHandle,
        "Append handle starts at offset 0",
        "A handle that File.OpenHandle opened with FileMode.Append starts at offset 0, so the "
            + "transfer overwrites the file; pass its length as the offset",
        Category.DataLoss,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink(RuleIds.AppendHandle));

    internal override DiagnosticDescriptor Descriptor => s_descriptor;

    internal override void OnCall(EndpointCall call, Report report)
    {
        foreach (EndpointValue endpoint in call.Endpoints)
        {
            if ((endpoint.Use & EndpointUse.Write) != 0
                && Values.Only(endpoint.Value, call.Known) is { Operation: IInvocationOperation opened }
                && opened.TargetMethod.Name == "OpenHandle"
                && KnownSymbols.Same(opened.TargetMethod.ContainingType, call.Known.File)
                && opened.Arguments.Any(argument => IsAppend(argument, call.Known)))
            {
                report.At(endpoint.Value);
            }
        }
    }

    private static bool IsAppend(IArgumentOperation argument, KnownSymbols known)
        => KnownSymbols.Same(argument.Parameter?.Type, known.FileMode)
            && Constants.IsMember(argument.Value, known.FileMode, "Append");
}

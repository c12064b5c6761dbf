using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Zerocopy.Analyzers;

/// <summary>ZC1001: a stream that has no descriptor is passed where bytes are to be moved by the kernel.</summary>
internal sealed class NeverSplicedRule : Rule
{
    private static readonly DiagnosticDescriptor s_descriptor = new(
        RuleIds.NeverSpliced,
        "Argument can never be spliced",
        "'{0}' can never be spliced, because {1}: every byte is copied; say so with "
            + "TransferMode.CopyOnly, or pass what is beneath it",
        Category.Performance,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink(RuleIds.NeverSpliced));

    internal override DiagnosticDescriptor Descriptor => s_descriptor;

    internal override void OnCall(EndpointCall call, Report report)
    {
        // Unknown options may say CopyOnly; RequireZeroCopy is refused at run time, which is a rule of its own.
        if (call.IsCopyOnly() != false || call.RequiresZeroCopy() == true)
        {
            return;
        }

        foreach (EndpointValue endpoint in call.Endpoints)
        {
            Look(endpoint.Value, endpoint.Use, call.Known, report);
        }
    }

    internal override void OnAssignment(
        ISimpleAssignmentOperation assignment, IPropertySymbol property, KnownSymbols known, Report report)
    {
        if (property.Name == "Mirror"
            && KnownSymbols.Same(property.ContainingType, known.FlowOptions)
            && Options.Read(assignment.Parent?.Parent, known).HasMode("CopyOnly") == false)
        {
            Look(assignment.Value, EndpointUse.Write, known, report);
        }
    }

    private static void Look(IOperation value, EndpointUse use, KnownSymbols known, Report report)
    {
        List<Origin> origins = Values.Origins(value, known);
        origins.RemoveAll(origin => origin.IsNull || (use == EndpointUse.Write && known.Streams.IsNothing(origin)));
        if (origins.Count > 0 && origins.TrueForAll(origin => known.Streams.WhyNever(origin) is not null))
        {
            report.At(value, Name(origins[0]), known.Streams.WhyNever(origins[0])!);
        }
    }

    // `Stream` would say nothing: where it comes from does.
    private static string Name(Origin origin)
        => StreamKinds.Member(origin.Operation) is { } member && origin.Type?.Name is "Stream" or "Task" or "ValueTask"
            ? $"{member.ContainingType.Name}.{member.Name}"
            : origin.Type?.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat) ?? "this";
}

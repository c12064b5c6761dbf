using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Zerocopy.Analyzers;

/// <summary>ZC1023: the compiler accepts TransferOptions where a relay does not.</summary>
internal sealed class DirectionOptionsRule : Rule
{
    private static readonly DiagnosticDescriptor s_descriptor = new(
        RuleIds.DirectionOptions,
        "A relay's direction takes FlowOptions",
        "{0} must be FlowOptions: TransferOptions are refused with ArgumentException, because a "
            + "relay's timeouts are RelayOptions'",
        Category.Correctness,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink(RuleIds.DirectionOptions));

    internal override DiagnosticDescriptor Descriptor => s_descriptor;

    internal override void OnAssignment(
        ISimpleAssignmentOperation assignment, IPropertySymbol property, KnownSymbols known, Report report)
    {
        if (property.Name is "LeftToRight" or "RightToLeft"
            && KnownSymbols.Same(property.ContainingType, known.RelayOptions)
            && Values.Origins(assignment.Value, known) is { Count: > 0 } origins
            && origins.TrueForAll(origin => KnownSymbols.Derives(origin.Type, known.TransferOptions)))
        {
            report.At(assignment.Value, property.Name);
        }
    }
}

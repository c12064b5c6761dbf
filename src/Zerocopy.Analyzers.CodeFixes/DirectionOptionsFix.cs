using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Zerocopy.Analyzers.CodeFixes;

/// <summary>ZC1023: makes FlowOptions, if nothing is set that only a transfer has.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class DirectionOptionsFix() : ZerocopyFix(RuleIds.DirectionOptions, "Use FlowOptions")
{
    private protected override TextChange[]? Fix(Finding finding)
        => finding.Expression is ObjectCreationExpressionSyntax created
            && (created.Initializer?.Expressions ?? default).OfType<AssignmentExpressionSyntax>().All(
                set => KnownSymbols.Same(
                    finding.Model.GetSymbolInfo(set.Left).Symbol?.ContainingType, finding.Known.FlowOptions))
                ? [Replace(created.Type, finding.Name(finding.Known.FlowOptions))] : null;
}

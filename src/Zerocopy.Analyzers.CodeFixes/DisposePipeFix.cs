using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Zerocopy.Analyzers.CodeFixes;

/// <summary>ZC1007: disposes the pipe at the end of its block.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class DisposePipeFix() : ZerocopyFix(RuleIds.PipeNotDisposed, "Add using")
{
    private protected override TextChange[]? Fix(Finding finding)
        => finding.Has(LanguageVersion.CSharp8)
            && finding.Node.FirstAncestorOrSelf<LocalDeclarationStatementSyntax>() is
            {
                Parent: BlockSyntax or GlobalStatementSyntax, Declaration.Variables.Count: 1
            }
            declaration ? [Insert(declaration.SpanStart, "using ")] : null;
}

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Zerocopy.Analyzers.CodeFixes;

/// <summary>ZC1003: writes from the end of the file on.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class AppendHandleFix() : ZerocopyFix(RuleIds.AppendHandle, "Write from the end of the file on")
{
    private protected override TextChange[]? Fix(Finding finding)
    {
        string length = finding.Name("System.IO.RandomAccess") + ".GetLength";
        return finding.Expression switch
        {
            IdentifierNameSyntax handle =>
            [
                Replace(handle, $"{finding.Name(finding.Known.Endpoint)}.FromHandle({handle}, {length}({handle}))"),
            ],
            InvocationExpressionSyntax
            {
                Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "FromHandle" },
                ArgumentList.Arguments: [{ Expression: IdentifierNameSyntax handle }]
            } => [Insert(handle.Span.End, $", {length}({handle})")],
            _ => null,
        };
    }
}

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;

namespace Zerocopy.Analyzers.CodeFixes;

/// <summary>ZC1004: passes the stream, whose position is looked at when the transfer starts.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class CachedHandleFix() : ZerocopyFix(RuleIds.CachedHandle, "Pass the FileStream")
{
    private protected override TextChange[]? Fix(Finding finding)
        => finding.Expression is IdentifierNameSyntax name
            && finding.Model.GetOperation(name) is ILocalReferenceOperation local
            && CachedHandleRule.StreamOf(local, finding.Known) is { } stream
                ? [Replace(name, stream.Syntax.ToString())] : null;
}

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Text;

namespace Zerocopy.Analyzers.CodeFixes;

/// <summary>ZC1026: awaits the call, where the method is async.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class AwaitCallFix() : ZerocopyFix(RuleIds.NotAwaited, "Await it")
{
    private protected override TextChange[]? Fix(Finding finding) => Awaiting.Change(finding);
}

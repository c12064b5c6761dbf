using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Text;

namespace Zerocopy.Analyzers.CodeFixes;

/// <summary>ZC1017: <c>await Task.WhenAll(there, back)</c> becomes a relay.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class RelayFix() : ZerocopyFix(RuleIds.OppositeTransfers, "Use Relay.RunAsync")
{
    private protected override TextChange[]? Fix(Finding finding) => Relaying.Change(finding);
}

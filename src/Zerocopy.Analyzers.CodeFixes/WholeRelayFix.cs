using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Text;

namespace Zerocopy.Analyzers.CodeFixes;

/// <summary>ZC1027: <c>await Task.WhenAny(there, back)</c> becomes a relay, which waits for both.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class WholeRelayFix() : ZerocopyFix(RuleIds.TruncatedRelay, "Use Relay.RunAsync")
{
    private protected override TextChange[]? Fix(Finding finding) => Relaying.Change(finding);
}

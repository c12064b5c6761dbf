using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Text;

namespace Zerocopy.Analyzers.CodeFixes;

/// <summary>ZC1027: <c>await Task.WhenAny(there, back)</c> becomes a relay, which waits for both.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class WholeRelayFix() : ZerocopyFix(RuleIds.TruncatedRelay, "Use Relay.RunAsync")
{
    private protected override TextChange[]? Fix(Finding finding)
        => finding.Call() is (_, { } call)
            && BothWays.Of(Flow.OfTransfer(call.Invocation, finding.Known), finding.Known, Flow.OfTransfer) is
            {
                IsTruncated: true
            } both ? Relaying.Change(both, finding) : null;
}

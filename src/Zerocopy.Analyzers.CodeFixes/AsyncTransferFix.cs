using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Zerocopy.Analyzers.CodeFixes;

/// <summary>ZC1015: awaits the async twin, and passes on the method's own token.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class AsyncTransferFix() : ZerocopyFix(RuleIds.SyncInAsync, "Await the async method")
{
    private protected override TextChange[]? Fix(Finding finding)
    {
        if (finding.Call() is not (var syntax, { } call) || NameOf(syntax) is not { } name)
        {
            return null;
        }

        bool isPart = syntax.Parent is MemberAccessExpressionSyntax or ElementAccessExpressionSyntax
            or ConditionalAccessExpressionSyntax or PostfixUnaryExpressionSyntax;
        List<TextChange> changes =
        [
            Insert(syntax.SpanStart, isPart ? "(await " : "await "),
            Insert(name.Span.End, "Async"),
        ];
        string end = (TokenFor(call, finding) is { } token ? Argument(syntax, call, token) : string.Empty)
            + (isPart ? "))" : ")");
        changes.Add(new TextChange(syntax.ArgumentList.CloseParenToken.Span, end));
        return [.. changes];
    }

    private static SimpleNameSyntax? NameOf(InvocationExpressionSyntax syntax) => syntax.Expression switch
    {
        MemberAccessExpressionSyntax access => access.Name,
        SimpleNameSyntax simple => simple,
        _ => null,
    };

    // pipe.ReadFrom(source, leaveOpen, token): named, unless everything before it is there.
    private static string Argument(InvocationExpressionSyntax syntax, EndpointCall call, string token)
    {
        int position = call.Invocation.TargetMethod.Parameters.Length - 1;
        SeparatedSyntaxList<ArgumentSyntax> arguments = syntax.ArgumentList.Arguments;
        bool isNamed = arguments.Count != position || arguments.Any(static argument => argument.NameColon is not null);
        return isNamed ? $", cancellationToken: {token}" : $", {token}";
    }

    /// <returns>The method's one token, if the call has none.</returns>
    private static string? TokenFor(EndpointCall call, Finding finding)
    {
        bool isPassed = finding.TokenOf(call.Invocation) is not null;
        IParameterSymbol[] tokens = finding.Model.GetEnclosingSymbol(finding.Node.SpanStart) is IMethodSymbol method
            ? [.. method.Parameters.Where(one => KnownSymbols.Same(one.Type, finding.Known.CancellationToken))]
            : [];
        return !isPassed && tokens.Length == 1 ? tokens[0].Name : null;
    }
}

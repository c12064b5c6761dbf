using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;

namespace Zerocopy.Analyzers.CodeFixes;

/// <summary>ZC1014: opens the file without a buffer, and else as before: what was left out is what .NET fills
/// in.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class UnbufferedFileFix() : ZerocopyFix(RuleIds.BufferedFile, "Open it with bufferSize: 0")
{
    private protected override TextChange[]? Fix(Finding finding)
    {
        if (finding.Node is not BaseObjectCreationExpressionSyntax { ArgumentList: { Arguments.Count: > 1 } list }
            || list.Arguments.Any(static argument => argument.NameColon is not null)
            || finding.Model.GetOperation(finding.Node) is not IObjectCreationOperation created)
        {
            return null;
        }

        string added = list.Arguments.Count < 3 ? $", {AccessOf(created, finding)}" : string.Empty;
        added += list.Arguments.Count < 4 ? $", {finding.Name("System.IO.FileShare")}.Read" : string.Empty;
        return [Insert(list.Arguments.Last().Span.End, added + ", bufferSize: 0")];
    }

    private static string AccessOf(IObjectCreationOperation created, Finding finding)
    {
        string access = finding.Name(finding.Known.FileAccess);
        string append = $"{access}.Write";
        string other = $"{access}.ReadWrite";
        IArgumentOperation mode = created.Arguments[1];
        return Constants.IsMember(mode.Value, finding.Known.FileMode, "Append") ? append
            : mode.Value.ConstantValue.HasValue ? other
            : $"{mode.Syntax} == {finding.Name(finding.Known.FileMode)}.Append ? {append} : {other}";
    }
}

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Zerocopy.Analyzers.CodeFixes;

/// <summary>ZC1001: says in the call's options that every byte is copied.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class CopyOnlyFix() : ZerocopyFix(RuleIds.NeverSpliced, "Copy explicitly: TransferMode.CopyOnly")
{
    private protected override TextChange[]? Fix(Finding finding)
    {
        string copyOnly = finding.Name(finding.Known.TransferMode) + ".CopyOnly";
        if (finding.Expression?.Parent is AssignmentExpressionSyntax { Parent: InitializerExpressionSyntax set })
        {
            return [SetIn(set, "Mode", copyOnly)];
        }

        if (finding.Call() is not (var syntax, { } call) || call.Receiver is not null)
        {
            return null;
        }

        (string Name, string Value)[] wanted = [("Mode", copyOnly)];
        if (call.IsRelay)
        {
            string direction = $"new {finding.Name(finding.Known.FlowOptions)} {{ Mode = {copyOnly} }}";
            wanted = [("LeftToRight", direction), ("RightToLeft", direction)];
        }

        INamedTypeSymbol? type = call.IsRelay ? finding.Known.RelayOptions : finding.Known.TransferOptions;
        string created = $"new {finding.Name(type)} {{ {List(wanted)} }}";
        return call.OptionsValue?.Syntax is not ExpressionSyntax options ? [Add(syntax.ArgumentList, created)]
            : call.HasOptions ? Change(options, wanted, finding)
            : [Replace(options, created)];
    }

    private static TextChange Add(ArgumentListSyntax list, string created)
    {
        bool isNamed = list.Arguments.Any(static argument => argument.NameColon is not null);
        return Insert(list.Arguments.Last().Span.End, (isNamed ? ", options: " : ", ") + created);
    }

    private static TextChange[]? Change(
        ExpressionSyntax options, (string Name, string Value)[] wanted, Finding finding)
    {
        bool isWritten = options is BaseObjectCreationExpressionSyntax { Initializer.Expressions: { } set }
            && set.OfType<AssignmentExpressionSyntax>().Any(static one => one.Left is IdentifierNameSyntax
            {
                Identifier.ValueText: "LeftToRight" or "RightToLeft"
            });
        return options switch
        {
            _ when isWritten => null, // A mode within: too much for a guess.
            BaseObjectCreationExpressionSyntax { Initializer: { Expressions.Count: > 0 } initializer } =>
                wanted.Length == 1 ? [SetIn(initializer, wanted[0].Name, wanted[0].Value)]
                    : [Insert(initializer.Expressions.Last().Span.End, ", " + List(wanted))],
            BaseObjectCreationExpressionSyntax { Initializer: null } =>
                [Insert(options.Span.End, $" {{ {List(wanted)} }}")],
            _ when wanted.Length > 1 || !finding.Has(LanguageVersion.CSharp9) => null,
            WithExpressionSyntax with => [SetIn(with.Initializer, wanted[0].Name, wanted[0].Value)],
            IdentifierNameSyntax or MemberAccessExpressionSyntax or InvocationExpressionSyntax =>
                [Insert(options.Span.End, $" with {{ {List(wanted)} }}")],
            _ => null,
        };
    }

    private static string List((string Name, string Value)[] wanted)
        => string.Join(", ", wanted.Select(static one => $"{one.Name} = {one.Value}"));

    /// <summary>Changes what an initializer sets, or adds it at its end.</summary>
    private static TextChange SetIn(InitializerExpressionSyntax initializer, string name, string value)
    {
        foreach (AssignmentExpressionSyntax set in initializer.Expressions.OfType<AssignmentExpressionSyntax>())
        {
            if (set.Left is IdentifierNameSyntax { Identifier.ValueText: { } written } && written == name)
            {
                return Replace(set.Right, value);
            }
        }

        return Insert(initializer.Expressions.Last().Span.End, $", {name} = {value}");
    }
}

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;

namespace Zerocopy.Analyzers.CodeFixes;

/// <summary>What a fix works on.</summary>
/// <param name="model">Of the document.</param>
/// <param name="node">What was reported.</param>
/// <param name="text">Of the document.</param>
/// <param name="known">The types.</param>
/// <param name="names">What other fixes of the same document have called something.</param>
internal sealed class Finding(
    SemanticModel model, SyntaxNode node, SourceText text, KnownSymbols known, HashSet<string> names)
{
    internal SemanticModel Model { get; } = model;

    /// <summary>What was reported.</summary>
    internal ExpressionSyntax? Expression { get; } = node is ArgumentSyntax argument ? argument.Expression
        : node as ExpressionSyntax;

    internal SyntaxNode Node { get; } = node;

    internal KnownSymbols Known { get; } = known;

    internal string NewLine => text.ToString().Contains("\r\n") ? "\r\n" : "\n";

    /// <summary>The statement in a block that the finding is part of; null if it is not directly in a block, where
    /// another statement could stand beside it.</summary>
    internal StatementSyntax? Statement => StatementOf(Node);

    /// <summary>Whether the language has the features of this version.</summary>
    internal bool Has(LanguageVersion version)
        => Node.SyntaxTree.Options is CSharpParseOptions options && options.LanguageVersion >= version;

    /// <summary>The call of ours that the finding is, or is an argument of.</summary>
    internal (InvocationExpressionSyntax Syntax, EndpointCall Call)? Call()
    {
        foreach (InvocationExpressionSyntax syntax in Node.AncestorsAndSelf().OfType<InvocationExpressionSyntax>())
        {
            if (Model.GetOperation(syntax) is IInvocationOperation invocation
                && EndpointCall.Read(invocation, Known) is { } call)
            {
                return (syntax, call);
            }
        }

        return null;
    }

    /// <summary>The token that a call is given, as it is written; null if none is.</summary>
    internal string? TokenOf(IInvocationOperation call)
        => call.Arguments.FirstOrDefault(argument =>
            argument.ArgumentKind == ArgumentKind.Explicit
                && KnownSymbols.Same(argument.Parameter?.Type, Known.CancellationToken))?.Value.Syntax.ToString();

    /// <summary>A type's name, as short as the file's usings allow.</summary>
    internal string Name(INamedTypeSymbol? type) => type!.ToMinimalDisplayString(Model, Node.SpanStart);

    internal string Name(string type) => Name(Model.Compilation.GetTypeByMetadataName(type));

    /// <summary>A statement's indentation.</summary>
    internal string IndentationOf(SyntaxNode statement)
    {
        TextLine line = text.Lines.GetLineFromPosition(statement.SpanStart);
        string before = text.ToString(TextSpan.FromBounds(line.Start, statement.SpanStart));
        return before.Substring(0, before.Length - before.TrimStart().Length);
    }

    /// <summary>A whole statement's lines with the comments above it.</summary>
    internal TextSpan LinesOf(StatementSyntax statement)
    {
        SyntaxTrivia first = statement.GetLeadingTrivia()
            .FirstOrDefault(static trivia => trivia.IsKind(SyntaxKind.SingleLineCommentTrivia));
        int start = first.RawKind == 0 ? statement.SpanStart : first.SpanStart;
        return TextSpan.FromBounds(
            text.Lines.GetLineFromPosition(start).Start,
            text.Lines.GetLineFromPosition(statement.Span.End).EndIncludingLineBreak);
    }

    /// <summary>What goes with a statement that goes: its lines, if it stands there alone.</summary>
    internal TextSpan RemovalOf(StatementSyntax statement)
    {
        int before = statement.GetFirstToken().GetPreviousToken().Span.End;
        int after = statement.GetLastToken().GetNextToken().SpanStart;
        return LineOf(before) < LineOf(statement.SpanStart) && LineOf(after) > LineOf(statement.Span.End)
            ? LinesOf(statement) : TextSpan.FromBounds(statement.SpanStart, statement.FullSpan.End);
    }

    private int LineOf(int position) => text.Lines.GetLineFromPosition(position).LineNumber;

    internal string TextOf(TextSpan span) => text.ToString(span);

    /// <summary>A name that nothing around has.</summary>
    internal string FreshName(string name)
    {
        SyntaxNode around = Node.FirstAncestorOrSelf<MemberDeclarationSyntax>() ?? Node.SyntaxTree.GetRoot();
        HashSet<string> taken = new(
            Model.LookupSymbols(Node.SpanStart).Select(static symbol => symbol.Name)
                .Concat(around.DescendantTokens().Select(static token => token.ValueText)),
            StringComparer.Ordinal);
        string fresh = name;
        for (int i = 2; taken.Contains(fresh) || !names.Add(fresh); i++)
        {
            fresh = name + i;
        }

        return fresh;
    }

    internal static StatementSyntax? StatementOf(SyntaxNode? node)
        => node?.FirstAncestorOrSelf<StatementSyntax>() is { Parent: BlockSyntax } statement ? statement : null;
}

using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Text;

namespace Zerocopy.Analyzers.CodeFixes;

/// <summary>What every fix has in common: one rule, one title, and changes of the text, so that whatever they do not
/// touch stays as it was written.</summary>
public abstract class ZerocopyFix : CodeFixProvider
{
    private readonly string _title;

    private protected ZerocopyFix(string ruleId, string title)
    {
        FixableDiagnosticIds = ImmutableArray.Create(ruleId);
        _title = title;
    }

    /// <inheritdoc/>
    public sealed override ImmutableArray<string> FixableDiagnosticIds { get; }

    /// <inheritdoc/>
    public sealed override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        Document document = context.Document;
        if (!context.Diagnostics.Any(finding => FixableDiagnosticIds.Contains(finding.Id)))
        {
            // `dotnet format` shows each fix the first finding of the analyzer, whatever its rule, and only asks for
            // the key of what is offered; it then fixes all findings of the right rule by that key.
            CodeAction nothing = CodeAction.Create(_title, _ => Task.FromResult(document), FixableDiagnosticIds[0]);
            context.RegisterCodeFix(nothing, context.Diagnostics);
            return;
        }

        SyntaxNode? root = await document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        SemanticModel? model = await document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        if (root is null || model is null || KnownSymbols.Of(model.Compilation) is not { } known)
        {
            return;
        }

        SyntaxNode node = root.FindNode(context.Span, getInnermostNodeForTie: true);
        SourceText text = await document.GetTextAsync(context.CancellationToken).ConfigureAwait(false);
        Finding finding = new(model, node, text, known);
        if (Fix(finding) is { } changes)
        {
            CodeAction action = CodeAction.Create(
                _title, _ => Task.FromResult(document.WithText(text.WithChanges(changes))), FixableDiagnosticIds[0]);
            context.RegisterCodeFix(action, context.Diagnostics);
        }
    }

    /// <returns>What to change; null if nothing can be offered.</returns>
    private protected abstract TextChange[]? Fix(Finding finding);

    private protected static TextChange Insert(int position, string text) => new(new TextSpan(position, 0), text);

    private protected static TextChange Replace(SyntaxNode node, string text) => new(node.Span, text);
}

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
    public sealed override FixAllProvider GetFixAllProvider() => FixAllProvider.Create(FixAllAsync);

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

        List<TextChange> changes = await ChangesAsync(document, [context.Span], context.CancellationToken)
            .ConfigureAwait(false);
        if (changes.Count > 0)
        {
            CodeAction action = CodeAction.Create(
                _title, token => WithAsync(document, changes, token), FixableDiagnosticIds[0]);
            context.RegisterCodeFix(action, context.Diagnostics);
        }
    }

    // .NET's own provider merges whole documents and drops what two fixes insert at one place: of two tees above the
    // same line, the second.
    private async Task<Document?> FixAllAsync(
        FixAllContext context, Document document, ImmutableArray<Diagnostic> diagnostics)
    {
        IEnumerable<TextSpan> spans = diagnostics.Where(found => FixableDiagnosticIds.Contains(found.Id))
            .Select(static found => found.Location.SourceSpan)
            .OrderBy(static span => span.Start);
        List<TextChange> changes = await ChangesAsync(document, spans, context.CancellationToken).ConfigureAwait(false);
        return await WithAsync(document, changes, context.CancellationToken).ConfigureAwait(false);
    }

    /// <summary>What mends the findings at these places; one that would change what another has changed is left for
    /// the next time.</summary>
    private async Task<List<TextChange>> ChangesAsync(
        Document document, IEnumerable<TextSpan> places, CancellationToken cancellationToken)
    {
        List<TextChange> all = [];
        SyntaxNode? root = await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false);
        SemanticModel? model = await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false);
        if (root is null || model is null || KnownSymbols.Of(model.Compilation) is not { } known)
        {
            return all;
        }

        SourceText text = await document.GetTextAsync(cancellationToken).ConfigureAwait(false);
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (TextSpan place in places)
        {
            Finding finding = new(model, root.FindNode(place, getInnermostNodeForTie: true), text, known, names);
            TextChange[] changes = [.. (Fix(finding) ?? []).Except(all)];
            if (!changes.Any(change => all.Exists(other => IsAgainst(change.Span, other.Span))))
            {
                all.AddRange(changes);
            }
        }

        return all;
    }

    private static bool IsAgainst(TextSpan one, TextSpan other)
        => one.OverlapsWith(other)
            || (one.IsEmpty && other.Start < one.Start && one.Start < other.End)
            || (other.IsEmpty && one.Start < other.Start && other.Start < one.End);

    private static async Task<Document> WithAsync(
        Document document, List<TextChange> changes, CancellationToken cancellationToken)
    {
        SourceText text = await document.GetTextAsync(cancellationToken).ConfigureAwait(false);
        return document.WithText(text.WithChanges(
            changes.OrderBy(static change => change.Span.Start).ThenBy(static change => change.Span.Length)));
    }

    /// <returns>What to change; null if nothing can be offered.</returns>
    private protected abstract TextChange[]? Fix(Finding finding);

    private protected static TextChange Insert(int position, string text) => new(new TextSpan(position, 0), text);

    private protected static TextChange Replace(SyntaxNode node, string text) => new(node.Span, text);
}

using Microsoft.CodeAnalysis;

namespace Zerocopy.Analyzers;

/// <summary>Where a rule's findings go.</summary>
internal readonly struct Report(Action<Diagnostic> sink, DiagnosticDescriptor descriptor)
{
    internal void At(IOperation operation, params object[] arguments)
        => At(operation.Syntax, arguments);

    internal void At(SyntaxNode node, params object[] arguments)
        => sink(Diagnostic.Create(descriptor, node.GetLocation(), arguments));
}

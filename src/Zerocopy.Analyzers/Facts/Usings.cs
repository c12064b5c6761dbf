using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Zerocopy.Analyzers;

/// <summary>What is disposed at the end of a block.</summary>
internal readonly struct Usings(HashSet<ISymbol> symbols, IOperation scope)
{
    /// <summary>The variable, and every other that is only another name for it.</summary>
    internal HashSet<ISymbol> Symbols { get; } = symbols;

    /// <summary>At whose end it is disposed.</summary>
    internal IOperation Scope { get; } = scope;

    /// <summary>Every <c>using</c>, and every <c>finally</c> that disposes, that an operation stands in: within its
    /// method, lambda or local function, the nearest first.</summary>
    internal static IEnumerable<Usings> Around(IOperation operation, KnownSymbols known)
    {
        IOperation child = operation;
        for (IOperation? parent = operation.Parent; parent is not null; child = parent, parent = parent.Parent)
        {
            IEnumerable<HashSet<ISymbol>> disposed = parent switch
            {
                IUsingOperation scope when scope.Body == child => Resources(scope.Resources, known),
                IBlockOperation block => block.Operations.TakeWhile(statement => statement != child)
                    .OfType<IUsingDeclarationOperation>()
                    .SelectMany(declaration => Resources(declaration.DeclarationGroup, known)),
                ITryOperation { Finally: { } always } tried when tried.Body == child => Disposals(always, known),
                _ => [],
            };
            foreach (HashSet<ISymbol> symbols in disposed)
            {
                yield return new Usings(symbols, parent is IBlockOperation ? parent : child);
            }

            if (parent is IAnonymousFunctionOperation or ILocalFunctionOperation)
            {
                yield break;
            }
        }
    }

    private static IEnumerable<HashSet<ISymbol>> Resources(IOperation resources, KnownSymbols known)
    {
        if (resources is not IVariableDeclarationGroupOperation group)
        {
            return [Names(resources, known)];
        }

        return group.Declarations.SelectMany(static declaration => declaration.Declarators).Select(
            declarator =>
            {
                HashSet<ISymbol> names = declarator.GetVariableInitializer() is { } initializer
                    ? Names(initializer.Value, known) : new(SymbolEqualityComparer.Default);
                names.Add(declarator.Symbol);
                return names;
            });
    }

    private static IEnumerable<HashSet<ISymbol>> Disposals(IOperation block, KnownSymbols known)
        => block.Descendants().OfType<IInvocationOperation>()
            .Where(static call => call.TargetMethod.Name is "Dispose" or "DisposeAsync" or "Close")
            .Where(call => call.Instance is not null && !IsConditional(call, block))
            .Select(call => Names(call.Instance!, known));

    // `if (!handedOver) socket.Dispose();` is what a method does that keeps nothing.
    private static bool IsConditional(IOperation call, IOperation block)
    {
        IOperation? parent = call.Parent;
        while (parent is not (null or IConditionalOperation) && parent != block)
        {
            parent = parent.Parent;
        }

        return parent is IConditionalOperation;
    }

    private static HashSet<ISymbol> Names(IOperation resource, KnownSymbols known)
        => new(Identity.Path(resource, known, seesThrough: false), SymbolEqualityComparer.Default);
}

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Zerocopy.Analyzers;

/// <summary>Whether two expressions mean the same socket, pipe or stream: the variable at the bottom of both, seen
/// through what merely wraps the same descriptor.</summary>
internal static class Identity
{
    private const int DepthMax = 16;

    /// <returns>A local or parameter with one value, or a readonly field or property; null if it is not
    /// certain.</returns>
    internal static ISymbol? Of(IOperation? operation, KnownSymbols known)
        => operation is null ? null : Of(operation, known, 0);

    internal static bool IsSame(IOperation? left, IOperation? right, KnownSymbols known)
        => Of(left, known) is { } symbol && KnownSymbols.Same(symbol, Of(right, known));

    /// <summary>Whether two expressions ask the same object for the same property, or are the same object: the two
    /// <c>process.StandardOutput</c> are.</summary>
    internal static bool IsSamePath(IOperation? left, IOperation? right, KnownSymbols known)
    {
        if (left is null || right is null)
        {
            return left == right;
        }

        IOperation one = Values.Only(left, known)?.Operation ?? left;
        IOperation other = Values.Only(right, known)?.Operation ?? right;
        return one == other
            || IsSame(one, other, known)
            || (one is IPropertyReferenceOperation asked && other is IPropertyReferenceOperation again
                && KnownSymbols.Same(asked.Property, again.Property)
                && asked.Arguments.IsEmpty
                && IsSamePath(asked.Instance, again.Instance, known));
    }

    /// <summary>Every variable that an expression is taken from, the nearest first.</summary>
    /// <param name="operation">The expression.</param>
    /// <param name="known">The types.</param>
    /// <param name="seesThrough">Also through what wraps a descriptor: whoever disposes what is beneath has disposed
    /// the wrapper too.</param>
    internal static IEnumerable<ISymbol> Path(IOperation operation, KnownSymbols known, bool seesThrough)
    {
        IOperation? current = operation;
        for (int depth = 0; current is not null && depth < DepthMax; depth++)
        {
            current = Values.Strip(current, known);
            if (current is ILocalReferenceOperation local)
            {
                yield return local.Local;
                current = Body.Of(local).Get(local.Local).OnlyValue;
            }
            else if (Symbol(current) is { } symbol)
            {
                yield return symbol;
                yield break;
            }
            else
            {
                current = seesThrough ? Beneath(current, known) ?? Holder(current) : null;
            }
        }
    }

    private static ISymbol? Of(IOperation operation, KnownSymbols known, int depth)
    {
        if (depth > DepthMax)
        {
            return null;
        }

        operation = Values.Strip(operation, known);
        switch (operation)
        {
            case ILocalReferenceOperation local:
                Variable variable = Body.Of(local).Get(local.Local);
                return variable.Writes > 1 ? null
                    : variable.OnlyValue is { } value && Of(value, known, depth + 1) is { } beneath ? beneath
                    : local.Local;
            default:
                return Symbol(operation)
                    ?? (Beneath(operation, known) is { } inner ? Of(inner, known, depth + 1) : null);
        }
    }

    private static ISymbol? Symbol(IOperation operation) => operation switch
    {
        IParameterReferenceOperation parameter =>
            Body.Of(parameter).Get(parameter.Parameter).Writes == 0 ? parameter.Parameter : null,
        IMemberReferenceOperation { Instance: null or IInstanceReferenceOperation } member =>
            Fields.NeverChanges(member.Member) ? member.Member : null,
        _ => null,
    };

    /// <summary>What an expression takes its descriptor from.</summary>
    private static IOperation? Beneath(IOperation operation, KnownSymbols known) => operation switch
    {
        IObjectCreationOperation { Arguments: { Length: > 0 } arguments } created
            when KnownSymbols.Same(created.Type, known.NetworkStream) => arguments[0].Value,
        IInvocationOperation { Instance: { } instance, TargetMethod.Name: "GetStream" }
            when KnownSymbols.Derives(instance.Type, known.TcpClient) => instance,
        IInvocationOperation { Instance: { } instance, TargetMethod.Name: "AsReadStream" or "AsWriteStream" }
            when KnownSymbols.Same(instance.Type, known.Pipe) => instance,
        IPropertyReferenceOperation { Instance: { } instance, Property.Name: "Client" }
            when KnownSymbols.Derives(instance.Type, known.TcpClient) => instance,
        IPropertyReferenceOperation { Instance: { } instance, Property.Name: "Socket" }
            when KnownSymbols.Derives(instance.Type, known.NetworkStream) => instance,
        IPropertyReferenceOperation { Instance: { } instance, Property.Name: "SafeHandle" }
            when KnownSymbols.Derives(instance.Type, known.Socket) => instance,
        _ => null,
    };

    // A file's handle has a position of its own and is not the same end, but it is closed with the file.
    private static IOperation? Holder(IOperation operation) => operation is IPropertyReferenceOperation
    {
        Instance: { } instance, Property.Name: "SafeFileHandle" or "SafePipeHandle" or "BaseStream"
    }
        ? instance : null;
}

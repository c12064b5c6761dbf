using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Zerocopy.Analyzers;

/// <summary>Whether two expressions mean the same socket, pipe or stream: the variable at the bottom of both, seen
/// through what merely wraps the same descriptor.</summary>
internal static class Identity
{
    private const int DepthMax = 16;

    /// <returns>A local or parameter with one value, or a readonly field; null if it is not certain.</returns>
    internal static ISymbol? Of(IOperation? operation, KnownSymbols known)
        => operation is null ? null : Of(operation, known, 0);

    internal static bool IsSame(IOperation? left, IOperation? right, KnownSymbols known)
        => Of(left, known) is { } symbol && KnownSymbols.Same(symbol, Of(right, known));

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
            case IParameterReferenceOperation parameter:
                return Body.Of(parameter).Get(parameter.Parameter).Writes == 0 ? parameter.Parameter : null;
            case IFieldReferenceOperation field:
                bool isOurs = field.Instance is null or IInstanceReferenceOperation;
                return isOurs && field.Field.IsReadOnly ? field.Field : null;
            default:
                return Beneath(operation, known) is { } inner ? Of(inner, known, depth + 1) : null;
        }
    }

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
}

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Zerocopy.Analyzers;

/// <summary>How local variables are declared and where they go.</summary>
internal static class Locals
{
    /// <returns>The local that is declared with this value; null if the value goes somewhere else.</returns>
    internal static IVariableDeclaratorOperation? InitializedBy(IOperation value)
    {
        IOperation current = value;
        while (current.Parent is IConversionOperation { OperatorMethod: null } conversion)
        {
            current = conversion;
        }

        return (current.Parent as IVariableInitializerOperation)?.Parent as IVariableDeclaratorOperation;
    }

    /// <summary>Whether it is disposed at the end of its scope.</summary>
    internal static bool IsUsing(IVariableDeclaratorOperation declarator)
        => GroupOf(declarator).Parent is IUsingOperation or IUsingDeclarationOperation;

    /// <summary>The block at whose end it is gone.</summary>
    internal static IOperation? ScopeOf(IVariableDeclaratorOperation declarator)
    {
        IOperation? parent = GroupOf(declarator).Parent;
        return parent is IUsingOperation scope ? scope.Body
            : parent is IUsingDeclarationOperation ? parent.Parent : parent;
    }

    /// <summary>Whether a variable is passed to one of our calls as an end.</summary>
    internal static bool IsEndpointArgument(IOperation reference, KnownSymbols known)
    {
        IOperation current = reference;
        while (current.Parent is IConversionOperation conversion)
        {
            current = conversion;
        }

        return current.Parent is IArgumentOperation { Parent: IInvocationOperation invocation }
            && EndpointCall.Read(invocation, known) is { } call
            && call.Endpoints.Exists(end => end.Value == current);
    }

    internal static ITypeSymbol? TypeOf(ISymbol symbol) => symbol switch
    {
        ILocalSymbol local => local.Type,
        IParameterSymbol parameter => parameter.Type,
        IFieldSymbol field => field.Type,
        IPropertySymbol property => property.Type,
        _ => null,
    };

    private static IOperation GroupOf(IVariableDeclaratorOperation declarator)
    {
        IOperation current = declarator;
        while (current.Parent is IVariableDeclarationOperation or IVariableDeclarationGroupOperation)
        {
            current = current.Parent;
        }

        return current;
    }
}

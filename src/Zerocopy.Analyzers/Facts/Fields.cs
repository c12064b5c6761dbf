using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Zerocopy.Analyzers;

/// <summary>Readonly fields, and properties that only get, which have the value of their declaration and no
/// other.</summary>
internal static class Fields
{
    /// <returns>Null if it can have another value, or is declared in another file.</returns>
    internal static IOperation? OnlyValue(IMemberReferenceOperation reference)
    {
        ISymbol member = reference.Member;
        return NeverChanges(member)
            && reference.SemanticModel is { } model
            && member.DeclaringSyntaxReferences is [{ } declared]
            && declared.SyntaxTree == model.SyntaxTree
            && ValueOf(declared.GetSyntax()) is { } value
            && !IsAssignedAgain(member, declared.GetSyntax()) ? model.GetOperation(value) : null;
    }

    /// <summary>Whether a field or property keeps what it was constructed with.</summary>
    internal static bool NeverChanges(ISymbol member) => member switch
    {
        IFieldSymbol field => field.IsReadOnly,
        IPropertySymbol { SetMethod: null or { IsInitOnly: true }, IsIndexer: false } property =>
            !property.IsAbstract && !property.IsVirtual && !property.IsOverride && HasField(property),
        _ => false,
    };

    private static bool HasField(IPropertySymbol property)
        => property.ContainingType.GetMembers().OfType<IFieldSymbol>()
            .Any(field => KnownSymbols.Same(field.AssociatedSymbol, property));

    private static ExpressionSyntax? ValueOf(SyntaxNode declaration) => declaration switch
    {
        VariableDeclaratorSyntax { Initializer.Value: { } value } => value,
        PropertyDeclarationSyntax { Initializer.Value: { } value, AccessorList.Accessors: [{ } only] }
            when only.IsKind(SyntaxKind.GetAccessorDeclaration) && IsAuto(only) => value,
        _ => null,
    };

    // Only a constructor may: a write there by that name is taken for one to the member.
    private static bool IsAssignedAgain(ISymbol member, SyntaxNode declaration)
    {
        if (declaration.FirstAncestorOrSelf<TypeDeclarationSyntax>() is not { } type
            || member.ContainingType.DeclaringSyntaxReferences.Length != 1)
        {
            return true;
        }

        foreach (ConstructorDeclarationSyntax constructor in type.Members.OfType<ConstructorDeclarationSyntax>())
        {
            foreach (IdentifierNameSyntax name in constructor.DescendantNodes().OfType<IdentifierNameSyntax>())
            {
                if (name.Identifier.ValueText == member.Name && IsWritten(name))
                {
                    return true;
                }
            }
        }

        return type.Members.OfType<PropertyDeclarationSyntax>()
            .SelectMany(static property => property.DescendantNodes().OfType<AccessorDeclarationSyntax>())
            .Any(static accessor => accessor.IsKind(SyntaxKind.InitAccessorDeclaration) && !IsAuto(accessor));
    }

    private static bool IsAuto(AccessorDeclarationSyntax accessor)
        => accessor.Body is null && accessor.ExpressionBody is null;

    private static bool IsWritten(IdentifierNameSyntax name)
    {
        SyntaxNode node = name.Parent is MemberAccessExpressionSyntax access && access.Name == name ? access : name;
        return node.Parent switch
        {
            AssignmentExpressionSyntax assignment => assignment.Left == node,
            ArgumentSyntax argument => argument.RefKindKeyword.RawKind != 0 || argument.Parent is TupleExpressionSyntax,
            _ => false,
        };
    }
}

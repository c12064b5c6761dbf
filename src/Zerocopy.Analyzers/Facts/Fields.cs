using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Zerocopy.Analyzers;

/// <summary>Readonly fields that have the value of their declaration and no other.</summary>
internal static class Fields
{
    /// <returns>Null if the field can have another value, or is declared in another file.</returns>
    internal static IOperation? OnlyValue(IFieldReferenceOperation reference)
    {
        IFieldSymbol field = reference.Field;
        if (!field.IsReadOnly
            || reference.SemanticModel is not { } model
            || field.DeclaringSyntaxReferences is not [{ } declared]
            || declared.SyntaxTree != model.SyntaxTree
            || declared.GetSyntax() is not VariableDeclaratorSyntax { Initializer.Value: { } value } declarator
            || IsAssignedAgain(field, declarator))
        {
            return null;
        }

        return model.GetOperation(value);
    }

    // Only a constructor may: a write there by that name is taken for one to the field.
    private static bool IsAssignedAgain(IFieldSymbol field, VariableDeclaratorSyntax declarator)
    {
        if (declarator.FirstAncestorOrSelf<TypeDeclarationSyntax>() is not { } type
            || field.ContainingType.DeclaringSyntaxReferences.Length != 1)
        {
            return true;
        }

        foreach (ConstructorDeclarationSyntax constructor in type.Members.OfType<ConstructorDeclarationSyntax>())
        {
            foreach (IdentifierNameSyntax name in constructor.DescendantNodes().OfType<IdentifierNameSyntax>())
            {
                if (name.Identifier.ValueText == field.Name && IsWritten(name))
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

using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Zerocopy.Analyzers;

/// <summary>How the variables of one method body are used, its lambdas and local functions included. Looked at only
/// where the body calls us.</summary>
internal sealed class Body
{
    private static readonly ConditionalWeakTable<IOperation, Body> s_cache = new();

    private readonly Dictionary<ISymbol, Variable> _variables = new(SymbolEqualityComparer.Default);

    private Body(IOperation root)
    {
        Root = root;
        foreach (IOperation operation in root.DescendantsAndSelf())
        {
            Note(operation);
        }
    }

    internal IOperation Root { get; }

    internal static Body Of(IOperation operation)
    {
        IOperation root = operation;
        while (root.Parent is { } parent)
        {
            root = parent;
        }

        return s_cache.GetValue(root, static key => new Body(key));
    }

    /// <summary>A local variable or a parameter.</summary>
    internal Variable Get(ISymbol symbol)
    {
        if (!_variables.TryGetValue(symbol, out Variable? variable))
        {
            variable = new Variable();
        }

        return variable;
    }

    /// <summary>The method, lambda or local function that an operation belongs to: its root or one of those
    /// within.</summary>
    internal static IOperation FunctionOf(IOperation operation)
    {
        IOperation current = operation;
        while (current.Parent is { } parent)
        {
            current = parent;
            if (current is IAnonymousFunctionOperation or ILocalFunctionOperation)
            {
                break;
            }
        }

        return current;
    }

    private void Note(IOperation operation)
    {
        switch (operation)
        {
            case IVariableDeclaratorOperation declarator:
                Variable declared = Add(declarator.Symbol);
                declared.Declarator = declarator;
                if (declarator.GetVariableInitializer() is { } initializer)
                {
                    declared.Write(initializer.Value);
                }

                break;
            case ILocalReferenceOperation local:
                Refer(local.Local, local);
                break;
            case IParameterReferenceOperation parameter:
                Refer(parameter.Parameter, parameter);
                break;
        }
    }

    private void Refer(ISymbol symbol, IOperation reference)
    {
        Variable variable = Add(symbol);
        variable.References.Add(reference);
        switch (reference.Parent)
        {
            case ISimpleAssignmentOperation assignment when assignment.Target == reference:
                variable.Write(assignment.IsRef ? null : assignment.Value);
                break;
            case ICompoundAssignmentOperation or IIncrementOrDecrementOperation or ICoalesceAssignmentOperation
                when IsTarget(reference):
            case IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out }:
            case IDeclarationExpressionOperation or ITupleOperation or IDeconstructionAssignmentOperation
                when IsDeconstructed(reference):
            case IAddressOfOperation:
            case IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol.IsRef: true } }:
                variable.Write(null);
                break;
        }
    }

    private static bool IsTarget(IOperation reference)
        => reference.Parent is IAssignmentOperation { Target: { } target } ? target == reference : true;

    private static bool IsDeconstructed(IOperation reference)
    {
        IOperation child = reference;
        while (child.Parent is ITupleOperation or IDeclarationExpressionOperation)
        {
            child = child.Parent;
        }

        return child.Parent switch
        {
            IDeconstructionAssignmentOperation deconstruction => deconstruction.Target == child,
            IArgumentOperation argument => argument.Parameter?.RefKind is RefKind.Ref or RefKind.Out,
            _ => false,
        };
    }

    private Variable Add(ISymbol symbol)
    {
        if (!_variables.TryGetValue(symbol, out Variable? variable))
        {
            _variables.Add(symbol, variable = new Variable());
        }

        return variable;
    }
}

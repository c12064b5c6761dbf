using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Operations;

namespace Zerocopy.Analyzers;

/// <summary>What becomes of the task that a call returns.</summary>
internal static class Tasks
{
    /// <summary>The call with what only gives its task another form: <c>AsTask()</c>, <c>ConfigureAwait(false)</c>, a
    /// conversion.</summary>
    internal static IOperation Outermost(IOperation call)
    {
        IOperation current = call;
        while (true)
        {
            switch (current.Parent)
            {
                case IInvocationOperation { TargetMethod.Name: "AsTask" or "ConfigureAwait" or "Preserve" } form
                    when form.Instance == current:
                    current = form;
                    break;
                case IConversionOperation { OperatorMethod: null } conversion:
                    current = conversion;
                    break;
                default:
                    return current;
            }
        }
    }

    /// <summary>The <c>Task.Run</c> whose delegate ends with this task.</summary>
    internal static IInvocationOperation? RunOf(IOperation task, KnownSymbols known)
    {
        if (task.Parent is not (IAwaitOperation or IReturnOperation { Kind: OperationKind.Return })
            || Body.FunctionOf(task) is not IAnonymousFunctionOperation { Parent: IDelegateCreationOperation made })
        {
            return null;
        }

        return made.Parent is IArgumentOperation { Parent: IInvocationOperation { TargetMethod: { } method } run }
            && method.Name is "Run" or "StartNew"
            && (KnownSymbols.Same(method.ContainingType, known.Task)
                || KnownSymbols.Same(method.ContainingType, known.TaskFactory)) ? run : null;
    }

    /// <summary>The <c>Task.WhenAll</c>, <c>WhenAny</c>, <c>WaitAll</c> or <c>WaitAny</c> that is given this task, or
    /// the array or collection it is written in.</summary>
    internal static IInvocationOperation? CombinerOver(IOperation task, KnownSymbols known)
        => Container(task).Parent is IArgumentOperation { Parent: IInvocationOperation over }
            && over.TargetMethod is { } method
            && method.Name is "WhenAll" or "WhenAny" or "WaitAll" or "WaitAny"
            && KnownSymbols.Same(method.ContainingType, known.Task) ? over : null;

    /// <summary>The local variable that holds a task, or the array or collection it is in.</summary>
    internal static ILocalSymbol? HolderOf(IOperation task)
    {
        IOperation held = Container(task);
        return held.Parent switch
        {
            IVariableInitializerOperation { Parent: IVariableDeclaratorOperation declarator } => declarator.Symbol,
            ISimpleAssignmentOperation assignment when assignment.Value == held => assignment.Target switch
            {
                ILocalReferenceOperation local => local.Local,
                IArrayElementReferenceOperation { ArrayReference: ILocalReferenceOperation array } => array.Local,
                _ => null,
            },
            IArgumentOperation { Parent: IInvocationOperation { Instance: ILocalReferenceOperation list } call }
                when IsAdd(call) => list.Local,
            _ => null,
        };
    }

    /// <summary>Whether a call puts something into a collection.</summary>
    internal static bool IsAdd(IOperation? operation)
        => operation is IInvocationOperation { TargetMethod.Name: "Add" or "TryAdd" or "Enqueue" or "Push" };

    /// <summary>Whether <c>await</c> is allowed here.</summary>
    internal static bool IsInAsyncMethod(IOperation operation)
        => operation.SemanticModel?.GetEnclosingSymbol(operation.Syntax.SpanStart) is IMethodSymbol { IsAsync: true };

    /// <summary>A value with the array or collection that is written around it.</summary>
    private static IOperation Container(IOperation value)
    {
        IOperation current = value;
        while (true)
        {
            switch (current.Parent)
            {
                case IArrayInitializerOperation or IArrayCreationOperation
                    or IConversionOperation { OperatorMethod: null }:
                case { } written when IsCollection(written):
                    current = current.Parent;
                    break;
                case IArgumentOperation
                {
                    Parent: IInvocationOperation
                    {
                        TargetMethod.Name: "Add",
                        Parent: IObjectOrCollectionInitializerOperation { Parent: IObjectCreationOperation created }
                    }
                }:
                    current = created;
                    break;
                default:
                    return current;
            }
        }
    }

    // The oldest compiler that loads us has no operation for it, and the implicit one of a params span no syntax.
    private static bool IsCollection(IOperation operation)
        => operation.Syntax.IsKind(SyntaxKind.CollectionExpression) || (int)operation.Kind == CollectionExpression;

    private const int CollectionExpression = 127;
}

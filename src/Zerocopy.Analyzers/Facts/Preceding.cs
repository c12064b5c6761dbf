using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Zerocopy.Analyzers;

/// <summary>What has certainly run when an operation is reached: the statements before it, in its block and in those
/// around it, without what lies behind a condition.</summary>
internal static class Preceding
{
    /// <summary>The nearest first, within the same method, lambda or local function.</summary>
    internal static IEnumerable<IOperation> Of(IOperation operation)
    {
        IOperation child = operation;
        for (IOperation? parent = operation.Parent; parent is not null; child = parent, parent = parent.Parent)
        {
            IEnumerable<IOperation> before = parent switch
            {
                IBlockOperation block => Before(block.Operations, child),
                ISwitchCaseOperation section => Before(section.Body, child),
                IUsingOperation scope when scope.Body == child => [scope.Resources],
                _ => [],
            };
            foreach (IOperation statement in before)
            {
                foreach (IOperation certain in Certain(statement))
                {
                    yield return certain;
                }
            }

            if (parent is IAnonymousFunctionOperation or ILocalFunctionOperation)
            {
                yield break;
            }
        }
    }

    /// <summary>An operation and what runs with it, whatever happens.</summary>
    private static IEnumerable<IOperation> Certain(IOperation operation)
    {
        yield return operation;
        IEnumerable<IOperation> parts = operation switch
        {
            IAnonymousFunctionOperation or ILocalFunctionOperation or ITryOperation { Catches.Length: > 0 } => [],
            IForEachLoopOperation loop => [loop.Collection],
            IWhileLoopOperation { ConditionIsTop: true, Condition: { } condition } => [condition],
            IWhileLoopOperation { ConditionIsTop: false } loop => loop.ChildOperations,
            ILoopOperation => [],
            IConditionalOperation conditional => [conditional.Condition],
            ISwitchOperation choice => [choice.Value],
            ISwitchExpressionOperation choice => [choice.Value],
            ICoalesceOperation coalesce => [coalesce.Value],
            ICoalesceAssignmentOperation coalesce => [coalesce.Target],
            IConditionalAccessOperation access => [access.Operation],
            IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr }
                binary => [binary.LeftOperand],
            _ => operation.ChildOperations,
        };
        foreach (IOperation part in parts)
        {
            foreach (IOperation certain in Certain(part))
            {
                yield return certain;
            }
        }
    }

    private static IEnumerable<IOperation> Before(IEnumerable<IOperation> statements, IOperation child)
        => statements.TakeWhile(statement => statement != child).Reverse();
}

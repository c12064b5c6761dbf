using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Zerocopy.Analyzers;

/// <summary>Sees through conversions, locals and choices to where a value comes from. Whatever is not certain stays
/// what it is declared to be.</summary>
internal static class Values
{
    private const int DepthMax = 16; // Of locals that are given other locals.

    /// <summary>Every place the value may come from: all arms of a choice.</summary>
    internal static List<Origin> Origins(IOperation operation, KnownSymbols known)
    {
        List<Origin> origins = [];
        Collect(operation, null, known, origins, 0);
        return origins;
    }

    /// <summary>The one place the value comes from.</summary>
    internal static Origin? Only(IOperation operation, KnownSymbols known)
        => Origins(operation, known) is [Origin only] ? only : null;

    /// <summary>Removes what does not change a value: conversions that are not the user's, and our own into an
    /// endpoint.</summary>
    internal static IOperation Strip(IOperation operation, KnownSymbols known)
    {
        while (true)
        {
            switch (operation)
            {
                case IConversionOperation conversion when IsTransparent(conversion, known):
                    operation = conversion.Operand;
                    break;
                case IInvocationOperation { TargetMethod: { IsStatic: true, Name: var name } method } invocation
                    when name.StartsWith("From", StringComparison.Ordinal)
                        && KnownSymbols.Same(method.ContainingType, known.Endpoint)
                        && invocation.Arguments.Length == 1:
                    operation = invocation.Arguments[0].Value;
                    break;
                case IConditionalAccessInstanceOperation instance when Accessed(instance) is { } accessed:
                    operation = accessed;
                    break;
                default:
                    return operation;
            }
        }
    }

    // The x of `x?.TransferToAsync(y)`.
    private static IOperation? Accessed(IOperation instance)
    {
        IOperation child = instance;
        for (IOperation? parent = instance.Parent; parent is not null; child = parent, parent = parent.Parent)
        {
            if (parent is IConditionalAccessOperation access && access.WhenNotNull == child)
            {
                return access.Operation;
            }
        }

        return null;
    }

    private static bool IsTransparent(IConversionOperation conversion, KnownSymbols known)
        => conversion.OperatorMethod is not { } method || KnownSymbols.Same(method.ContainingType, known.Endpoint);

    private static void Collect(
        IOperation operation, ITypeSymbol? narrowed, KnownSymbols known, List<Origin> origins, int depth)
    {
        switch (operation)
        {
            case IConversionOperation conversion when IsTransparent(conversion, known):
                ITypeSymbol? type = conversion.OperatorMethod is null ? Narrower(narrowed, conversion.Type) : null;
                Collect(conversion.Operand, type, known, origins, depth);
                return;
            case ICoalesceOperation coalesce:
                Collect(coalesce.Value, narrowed, known, origins, depth);
                Collect(coalesce.WhenNull, narrowed, known, origins, depth);
                return;
            case IConditionalOperation { WhenFalse: { } whenFalse } conditional:
                Collect(conditional.WhenTrue, narrowed, known, origins, depth);
                Collect(whenFalse, narrowed, known, origins, depth);
                return;
            case ISwitchExpressionOperation choice:
                foreach (ISwitchExpressionArmOperation arm in choice.Arms)
                {
                    Collect(arm.Value, narrowed, known, origins, depth);
                }

                return;
            case IThrowOperation:
                return; // An arm that gives no value.
            case ISimpleAssignmentOperation assignment:
                Collect(assignment.Value, narrowed, known, origins, depth);
                return;
            case IAwaitOperation { Operation: IInvocationOperation awaited }:
                IOperation asked = awaited.TargetMethod.Name == "ConfigureAwait" && awaited.Instance is { } task
                    ? task : awaited;
                origins.Add(new Origin(asked, Narrower(narrowed, operation.Type)));
                return;
            case IInvocationOperation or IConditionalAccessInstanceOperation
                when Strip(operation, known) is var inner && inner != operation:
                Collect(inner, null, known, origins, depth);
                return;
            case ILocalReferenceOperation local
                when depth < DepthMax && Body.Of(local).Get(local.Local).OnlyValue is { } value:
                Collect(value, Narrower(narrowed, local.Type), known, origins, depth + 1);
                return;
            case IMemberReferenceOperation member when depth < DepthMax && Fields.OnlyValue(member) is { } value:
                Collect(value, Narrower(narrowed, member.Type), known, origins, depth + 1);
                return;
            default:
                origins.Add(new Origin(operation, Narrower(narrowed, operation.Type)));
                return;
        }
    }

    // A cast says more than what it is applied to, an implicit conversion says less.
    private static ITypeSymbol? Narrower(ITypeSymbol? one, ITypeSymbol? other)
    {
        if (one is null || other is null)
        {
            return one ?? other;
        }

        return one is INamedTypeSymbol named && KnownSymbols.Derives(other, named) ? other : one;
    }
}

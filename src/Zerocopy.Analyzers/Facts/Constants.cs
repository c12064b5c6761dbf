using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Zerocopy.Analyzers;

/// <summary>Values that are known when the program is compiled.</summary>
internal static class Constants
{
    /// <summary>Whether a value is a member of an enum.</summary>
    internal static bool IsMember(IOperation value, INamedTypeSymbol? type, string member)
        => Unconverted(value) is { ConstantValue: { HasValue: true, Value: { } constant } } operation
            && KnownSymbols.Same(operation.Type, type)
            && type!.GetMembers(member).OfType<IFieldSymbol>().FirstOrDefault()?.ConstantValue is { } wanted
            && constant.Equals(wanted);

    /// <returns>Null if it is no constant, or no whole number.</returns>
    internal static long? Number(IOperation value)
        => Unconverted(value).ConstantValue is { HasValue: true, Value: { } constant } ? constant switch
        {
            int number => number,
            long number => number,
            uint number => number,
            ulong number when number <= long.MaxValue => (long)number,
            short number => number,
            ushort number => number,
            byte number => number,
            sbyte number => number,
            _ => null,
        }
        : null;

    /// <summary>How long a <see cref="TimeSpan"/> is.</summary>
    /// <returns>Null if that is not known.</returns>
    internal static double? Milliseconds(IOperation value, KnownSymbols known)
    {
        IOperation operation = Unconverted(value);
        return !KnownSymbols.Same(operation.Type, known.TimeSpan) ? null : operation switch
        {
            IDefaultValueOperation => 0,
            IFieldReferenceOperation { Field.Name: "Zero" } => 0,
            IFieldReferenceOperation { Field.Name: "InfiniteTimeSpan" } => -1,
            IFieldReferenceOperation { Field.Name: "MaxValue" } => double.MaxValue,
            IFieldReferenceOperation { Field.Name: "MinValue" } => double.MinValue,
            IObjectCreationOperation { Arguments: [] } => 0,
            IUnaryOperation { OperatorKind: UnaryOperatorKind.Minus } minus => -Milliseconds(minus.Operand, known),
            IInvocationOperation { TargetMethod.IsStatic: true } made => Factor(made.TargetMethod.Name) * Only(made),
            _ => null,
        };
    }

    private static double? Factor(string name) => name switch
    {
        "FromDays" => 24 * 60 * 60 * 1000.0,
        "FromHours" => 60 * 60 * 1000,
        "FromMinutes" => 60 * 1000,
        "FromSeconds" => 1000,
        "FromMilliseconds" => 1,
        "FromMicroseconds" => 0.001,
        _ => null,
    };

    // The overloads for whole numbers have further parameters, which nobody gives.
    private static double? Only(IInvocationOperation made)
        => made.Arguments.All(
            static argument => argument.Parameter?.Ordinal == 0 || argument.ArgumentKind == ArgumentKind.DefaultValue)
            ? Real(made.Arguments.FirstOrDefault(static argument => argument.Parameter?.Ordinal == 0)?.Value) : null;

    private static double? Real(IOperation? value)
        => value is null ? null
            : Unconverted(value).ConstantValue is { HasValue: true, Value: double real } ? real : Number(value);

    private static IOperation Unconverted(IOperation value)
    {
        while (value is IConversionOperation { OperatorMethod: null } conversion)
        {
            value = conversion.Operand;
        }

        return value;
    }
}

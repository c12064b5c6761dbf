using Microsoft.CodeAnalysis;

namespace Zerocopy.Analyzers;

/// <summary>Where a value comes from: an operation that cannot be seen through any further, and the narrowest type
/// that is known of its value.</summary>
internal readonly struct Origin(IOperation operation, ITypeSymbol? type)
{
    internal IOperation Operation { get; } = operation;

    internal ITypeSymbol? Type { get; } = type;

    internal bool IsNull => Operation.ConstantValue is { HasValue: true, Value: null };
}

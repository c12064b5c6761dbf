using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Zerocopy.Analyzers;

/// <summary>What an options object is known to hold: read out of the initializer that made it.</summary>
internal sealed class Options
{
    private readonly Dictionary<string, IOperation> _values = new(StringComparer.Ordinal);
    private readonly KnownSymbols _known;

    private Options(KnownSymbols known) => _known = known;

    /// <summary>False: what was not set here may have been set somewhere else.</summary>
    internal bool IsWhole { get; private set; } = true;

    /// <param name="operation">Null: all defaults.</param>
    /// <param name="known">The types.</param>
    internal static Options Read(IOperation? operation, KnownSymbols known)
    {
        Options options = new(known);
        if (operation is not null)
        {
            options.Take(operation);
        }

        return options;
    }

    internal IOperation? Get(string property) => _values.TryGetValue(property, out IOperation? value) ? value : null;

    /// <summary>The options within, of a relay's direction.</summary>
    internal Options Nested(string property)
    {
        Options nested = Read(Get(property), _known);
        nested.IsWhole &= IsWhole || Get(property) is not null;
        return nested;
    }

    /// <summary>Whether the mode is this one: null if that is not known.</summary>
    internal bool? HasMode(string mode)
    {
        if (Get("Mode") is not { } value)
        {
            return IsWhole ? mode == "Auto" : null;
        }

        return value.ConstantValue is { HasValue: true, Value: { } constant }
            ? constant.Equals(ModeValue(mode)) : null;
    }

    private object? ModeValue(string mode)
        => _known.TransferMode?.GetMembers(mode).OfType<IFieldSymbol>().FirstOrDefault()?.ConstantValue;

    private void Take(IOperation operation)
    {
        if (Values.Only(operation, _known) is not { } origin)
        {
            IsWhole = false;
            return;
        }

        switch (origin.Operation)
        {
            case { ConstantValue: { HasValue: true, Value: null } } or IDefaultValueOperation:
                break;
            case IObjectCreationOperation created when created.Arguments.Length == 0:
                Take(created.Initializer);
                break;
            case IWithOperation with:
                Take(with.Operand);
                Take(with.Initializer);
                break;
            default:
                IsWhole = false;
                break;
        }
    }

    private void Take(IObjectOrCollectionInitializerOperation? initializer)
    {
        if (initializer is null)
        {
            return;
        }

        foreach (IOperation item in initializer.Initializers)
        {
            if (item is ISimpleAssignmentOperation { Target: IPropertyReferenceOperation target } assignment)
            {
                _values[target.Property.Name] = assignment.Value;
            }
        }
    }
}

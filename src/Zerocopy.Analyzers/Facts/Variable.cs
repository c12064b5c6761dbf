using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Zerocopy.Analyzers;

/// <summary>What a method body does with one of its locals or parameters.</summary>
internal sealed class Variable
{
    private IOperation? _value;

    internal IVariableDeclaratorOperation? Declarator { get; set; }

    internal List<IOperation> References { get; } = [];

    /// <summary>How often it is given a value within the body.</summary>
    internal int Writes { get; private set; }

    /// <summary>The only value it ever has; null if there are several, or one that cannot be seen.</summary>
    internal IOperation? OnlyValue => Writes == 1 ? _value : null;

    internal void Write(IOperation? value)
    {
        Writes++;
        _value = value;
    }
}

namespace System;

/// <summary>What netstandard2.0 lacks and the compiler wants to see for list patterns; it never calls it.</summary>
internal readonly struct Index
{
    private readonly int _value;

    /// <summary>Counted from the beginning, or from the end.</summary>
    public Index(int value, bool fromEnd = false) => _value = fromEnd ? ~value : value;

    /// <summary>Counted from the beginning.</summary>
    public int GetOffset(int length) => _value < 0 ? length - ~_value : _value;
}

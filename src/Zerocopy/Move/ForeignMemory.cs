using System.Runtime.InteropServices;

namespace Zerocopy;

/// <summary>Memory that is no array: its span is asked of a <see cref="System.Buffers.MemoryManager{T}"/>, which is
/// code of the program and does not run on a loop.</summary>
internal static class ForeignMemory
{
    internal static bool Is(ReadOnlyMemory<byte> memory) => !MemoryMarshal.TryGetArray(memory, out _);

    /// <summary>Bytes that can be had on any thread: copied, if they are not in an array.</summary>
    internal static ReadOnlyMemory<byte> Steady(ReadOnlyMemory<byte> memory)
        => Is(memory) ? memory.ToArray() : memory;
}

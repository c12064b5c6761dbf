namespace Zerocopy.Properties.Simulation;

/// <summary>A pipe of the model: capacity is slots, one for each piece, whatever its size.</summary>
internal sealed class SimPipe(int readEnd, int writeEnd, int slots)
{
    internal int ReadEnd { get; } = readEnd;

    internal int WriteEnd { get; } = writeEnd;

    internal int Slots { get; } = slots;

    internal SimQueue Content { get; } = new();
}

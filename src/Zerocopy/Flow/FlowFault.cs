namespace Zerocopy;

/// <summary>Which call failed, at which end, and how.</summary>
/// <param name="Error">The errno, or 0 when <paramref name="Exception"/> says it all.</param>
/// <param name="Operation">The system call, stream method or callback.</param>
/// <param name="Side">The end.</param>
/// <param name="Exception">What the program's code threw, or null.</param>
internal sealed record FlowFault(int Error, string Operation, TransferSide Side, Exception? Exception)
{
#pragma warning disable CA2201 // Made before it is needed: the runtime's own may not even fit into a fault.
    private static readonly FlowFault s_noMemory = new(0, "allocation", TransferSide.None, new OutOfMemoryException());
#pragma warning restore CA2201

    /// <summary>Of what is nobody's system call.</summary>
    /// <param name="operation">Which step it was.</param>
    /// <param name="exception">What was thrown there.</param>
    internal static FlowFault Of(string operation, Exception exception)
    {
        try
        {
            return new FlowFault(0, operation, TransferSide.None, exception);
        }
        catch (OutOfMemoryException)
        {
            return s_noMemory;
        }
    }
}

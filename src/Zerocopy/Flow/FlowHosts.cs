using System.Runtime.CompilerServices;

namespace Zerocopy;

/// <summary>Where flows run: the event loops, each with its own pipes and blocks, and one set that sync calls and the
/// thread pool share. Made on first use; loops live as long as the process.</summary>
internal static class FlowHosts
{
    private const int LoopsMax = 8;

    private static readonly Lock s_lock = new();

    // Half of the cores: as many loops as cores fight with the peers for them, and the slowest message pays for it
    // (decision 0008).
    private static readonly FlowHost?[] s_loops =
        new FlowHost?[Math.Clamp(Environment.ProcessorCount / 2, 1, LoopsMax)];

    private static MoveResources? s_shared;

    /// <summary>For sync calls and for flows on the thread pool.</summary>
    internal static MoveResources Shared
    {
        get
        {
            if (s_shared is null)
            {
                FlowTotals totals = ZerocopyMeter.Watch(isShared: true);
                MoveResources made = Platform.HasKernel
                    ? MakeResources(totals) : new MoveResources(null, null, BlockBudget.Process, totals);
                _ = Interlocked.CompareExchange(ref s_shared, made, null);
            }

            return s_shared;
        }
    }

    /// <summary>The loops made so far.</summary>
    internal static IEnumerable<FlowHost> Loops => s_loops.OfType<FlowHost>();

    /// <summary>The loop of a pair of handles: the same for both directions and for the same pair again.</summary>
    internal static FlowHost ForPair(object a, object b)
    {
        uint hash = (uint)(a.GetHashCode() + b.GetHashCode()); // Not xor: a handle with itself would always be 0.
        uint index = (hash * 2654435769u) >> 16; // Fibonacci hashing: handles' hash codes differ in few bits.
        return ForIndex((int)(index % (uint)s_loops.Length));
    }

    private static FlowHost ForIndex(int index)
    {
        if (Volatile.Read(ref s_loops[index]) is { } host)
        {
            return host;
        }

        lock (s_lock) // Not Lazy: that would keep a failure for want of descriptors for ever.
        {
            return s_loops[index] ??= new FlowHost(
                new EventLoop($"Zerocopy {index}"), MakeResources(ZerocopyMeter.Watch(isShared: false)));
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // Apart from where there is no kernel to use.
    private static MoveResources MakeResources(FlowTotals totals)
        => new(LinuxKernel.Instance, PageBudget.Process, BlockBudget.Process, totals);
}

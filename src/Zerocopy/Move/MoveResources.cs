namespace Zerocopy;

/// <summary>What flows that run in one place share: the kernel, its pipes and the blocks.</summary>
internal sealed class MoveResources(
    IKernel? kernel, PageBudget? pages, BlockBudget blocks, FlowTotals totals)
{
    private static MoveResources? s_shared;

    /// <summary>For sync calls and for flows on the thread pool.</summary>
    internal static MoveResources Shared
    {
        get
        {
            if (s_shared is null)
            {
                _ = Interlocked.CompareExchange(ref s_shared, Make(ZerocopyMeter.Watch(isShared: true)), null);
            }

            return s_shared;
        }
    }

    /// <summary>Null where there is nothing but copying; then <see cref="Pipes"/> is null too.</summary>
    internal IKernel? Kernel { get; } = kernel;

    internal PipePool? Pipes { get; } = kernel is null ? null : new PipePool(kernel, pages!, totals);

    internal BlockPool Blocks { get; } = new(blocks, totals);

    /// <summary>Where they count what they do.</summary>
    internal FlowTotals Totals { get; } = totals;

    /// <summary>For the flows of one loop.</summary>
    internal static MoveResources OfLoop() => Make(ZerocopyMeter.Watch(isShared: false));

    /// <summary>Lets go of what is cached.</summary>
    internal void Trim()
    {
        Pipes?.Trim();
        Blocks.Trim();
    }

    private static MoveResources Make(FlowTotals totals) => Platform.HasKernel
        ? new MoveResources(LinuxKernel.Instance, PageBudget.Process, BlockBudget.Process, totals)
        : new MoveResources(null, null, BlockBudget.Process, totals);
}

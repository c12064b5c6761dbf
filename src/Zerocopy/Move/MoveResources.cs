namespace Zerocopy;

/// <summary>What flows that run in one place share: the kernel, its pipes and the blocks.</summary>
internal sealed class MoveResources(
    IKernel? kernel, PageBudget? pages, BlockBudget blocks, FlowTotals totals)
{
    /// <summary>Null where there is nothing but copying; then <see cref="Pipes"/> is null too.</summary>
    internal IKernel? Kernel { get; } = kernel;

    internal PipePool? Pipes { get; } = kernel is null ? null : new PipePool(kernel, pages!, totals);

    internal BlockPool Blocks { get; } = new(blocks, totals);

    /// <summary>Where they count what they do.</summary>
    internal FlowTotals Totals { get; } = totals;
}

using BenchmarkDotNet.Attributes;

namespace Zerocopy.Bench.Micro;

/// <summary>What does it cost to rent what holds the bytes in transit, and what would a new one cost?</summary>
public class PoolCost
{
    private readonly BlockPool _blocks = new(
        new BlockBudget(long.MaxValue, long.MaxValue), new FlowTotals(isShared: false));
    private PipePool _pipes = null!;

    [GlobalSetup]
    public void Open() => _pipes = new PipePool(
        LinuxKernel.Instance, PageBudget.Process, new FlowTotals(isShared: false));

    [GlobalCleanup]
    public void Close() => _pipes.Trim();

    [Benchmark, AllocationFree]
    public int Block()
    {
        Block block = _blocks.TryRent(small: false)!;
        int size = block.Size;
        _blocks.Return(block);
        return size;
    }

    [Benchmark, AllocationFree]
    public int PooledPipe()
    {
        SplicePipe pipe = _pipes.TryRent(EventLoop.NowMs, insist: true, out _)!;
        _pipes.Return(pipe);
        return pipe.CapacityBytes;
    }

    [Benchmark]
    public int NewPipe()
    {
        SplicePipe pipe = _pipes.TryRent(EventLoop.NowMs, insist: true, out _)!;
        _pipes.Close(pipe);
        return pipe.CapacityBytes;
    }
}

// The pipe pool over a kernel that only counts: at most eight idle, every page accounted for, a pause after a refusal.
using FsCheck;
using FsCheck.Xunit;
using Xunit;
using Zerocopy.Sys;

namespace Zerocopy.Properties.Models;

public sealed class PipePoolTests
{
    private const int IdleMax = 8;

    [Property(MaxTest = 300)]
    public void Pages_and_pipes_are_accounted_for(int seed, PositiveInt steps)
    {
        Random random = new(seed);
        PageBudget budget = new(random.Next(2) == 0 ? 1 << 20 : random.Next(1000));
        PipeCounter kernel = new(random);
        FlowTotals totals = new(isShared: false);
        PipePool pool = new(kernel, budget, totals);
        List<SplicePipe> rented = [];
        long nowMs = 0;
        for (int i = 0; i < steps.Get * 5; i++)
        {
            nowMs += random.Next(400);
            if (rented.Count > 0 && random.Next(2) == 0)
            {
                SplicePipe pipe = rented[random.Next(rented.Count)];
                _ = rented.Remove(pipe);
                if (random.Next(3) == 0)
                {
                    pool.Close(pipe);
                }
                else
                {
                    pool.Return(pipe);
                }
            }
            else
            {
                Rent(pool, kernel, budget, rented, nowMs, insist: random.Next(4) == 0);
            }

            Assert.Equal(kernel.PagesOpen, budget.PagesInUse);
            Assert.InRange(kernel.Open.Count, rented.Count, rented.Count + IdleMax);
            Assert.Equal((rented.Count, kernel.Open.Count - rented.Count), (totals.PipesInUse, totals.PooledPipes));
            Assert.Equal(kernel.Closed, totals.DestroyedPipes);
        }

        rented.ForEach(pool.Close);
        pool.Trim();
        Assert.Empty(kernel.Open);
        Assert.Equal(0, budget.PagesInUse);
        Assert.Equal((0, 0), (totals.PipesInUse, totals.PooledPipes));
    }

    private static void Rent(
        PipePool pool, PipeCounter kernel, PageBudget budget, List<SplicePipe> rented, long nowMs, bool insist)
    {
        int asked = kernel.Asked;
        SplicePipe? pipe = pool.TryRent(nowMs, insist, out int error);
        if (pipe is null)
        {
            Assert.True(!insist || error != 0, "refused although there was no other way");
            if (kernel.Asked > asked && !insist)
            {
                asked = kernel.Asked;
                Assert.Null(pool.TryRent(nowMs + 1, insist: false, out _));
                Assert.Equal(asked, kernel.Asked); // It does not ask again at once.
            }

            return;
        }

        Assert.Equal(0, error);
        Assert.Equal(0, pipe.Pending);
        Assert.DoesNotContain(pipe, rented);
        Assert.Contains(pipe.ReadEnd.Raw, kernel.Open.Keys);
        Assert.True(insist || pipe.CapacityBytes >= 64 * 1024, "a pipe too small to be useful");
        Assert.True(budget.PagesInUse > 0);
        rented.Add(pipe);
    }

    private sealed unsafe class PipeCounter(Random random) : StubKernel
    {
        private int _nextFd;

        internal Dictionary<int, int> Open { get; } = [];

        internal int Asked { get; private set; }

        internal int Closed { get; private set; }

        internal long PagesOpen => Open.Values.Sum(bytes => (long)bytes / PageBudget.PageBytes);

        public override Moved OpenPipe(int capacityBytes, out int readEnd, out int writeEnd)
        {
            Asked++;
            readEnd = writeEnd = -1;
            if (random.Next(6) == 0)
            {
                return Moved.Failed((int)Errno.EMFILE);
            }

            readEnd = _nextFd++;
            writeEnd = _nextFd++;
            int granted = random.Next(4) == 0 ? 8192 << random.Next(9) : capacityBytes;
            Open.Add(readEnd, granted);
            return Moved.Bytes(granted);
        }

        public override void ClosePipe(int readEnd, int writeEnd)
        {
            Assert.Equal(readEnd + 1, writeEnd);
            Assert.True(Open.Remove(readEnd), "closed twice");
            Closed++;
        }
    }
}

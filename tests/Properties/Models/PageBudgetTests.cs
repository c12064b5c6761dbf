using FsCheck;
using FsCheck.Xunit;
using Xunit;

namespace Zerocopy.Properties.Models;

public sealed class PageBudgetTests
{
    [Property(MaxTest = 300)]
    public void A_budget_grants_exactly_what_is_left(NonNegativeInt pagesMax, PositiveInt[] asks, int seed)
    {
        Random random = new(seed);
        PageBudget budget = new(pagesMax.Get);
        long inUse = 0;
        foreach (PositiveInt ask in asks)
        {
            switch (random.Next(3))
            {
                case 0 when inUse > 0:
                    long given = random.NextInt64(1, inUse + 1);
                    budget.Release(given);
                    inUse -= given;
                    break;
                case 1:
                    budget.Reserve(ask.Get); // Taken whatever the budget says.
                    inUse += ask.Get;
                    break;
                default:
                    bool fits = inUse + ask.Get <= pagesMax.Get;
                    Assert.Equal(fits, budget.TryReserve(ask.Get));
                    inUse += fits ? ask.Get : 0;
                    break;
            }

            Assert.Equal(inUse, budget.PagesInUse);
        }
    }

    [Theory]
    [InlineData("16384\n", 16384)]
    [InlineData("0\n", long.MaxValue)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("9223372036854775808\n", long.MaxValue)]
    [InlineData("18446744073709551615\n", long.MaxValue)]
    [InlineData("99999999999999999999999", 16384)]
    [InlineData("-1", 16384)]
    [InlineData("", 16384)]
    [InlineData("max", 16384)]
    public void Whatever_the_soft_limit_says_there_is_a_budget(string text, long pages)
        => Assert.Equal(pages, PageBudget.SoftLimitOf(text));

    [Fact]
    public async Task Threads_together_never_get_more_than_the_budget()
    {
        const int PagesMax = 100;
        PageBudget budget = new(PagesMax);
        int held = 0;
        int granted = 0;
        Task[] threads = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 20_000; i++)
            {
                if (budget.TryReserve(40))
                {
                    Assert.InRange(Interlocked.Add(ref held, 40), 40, PagesMax);
                    _ = Interlocked.Increment(ref granted);
                    _ = Interlocked.Add(ref held, -40);
                    budget.Release(40);
                }
            }
        }))];
        await Task.WhenAll(threads).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(0, budget.PagesInUse);
        Assert.True(granted > 0);
    }
}

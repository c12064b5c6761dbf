using FsCheck;
using FsCheck.Xunit;
using Xunit;

namespace Zerocopy.Properties.Models;

public sealed class RateLimitTests
{
    private const int DepthMs = 100;

    [Property(MaxTest = 500)]
    public void A_rate_is_never_exceeded_and_always_gets_on(PositiveInt perSecond, PositiveInt scale, int seed)
    {
        Random random = new(seed);
        long rate = perSecond.Get * (long)Math.Pow(10, scale.Get % 8);
        long startMs = random.Next();
        long nowMs = startMs;
        RateLimit limit = new(rate, nowMs);
        long taken = 0;
        for (int i = 0; i < 500; i++)
        {
            int asked = random.Next(1, random.Next(2) == 0 ? 10 : Tactics.SpliceBytesMax);
            int granted = limit.Grant(asked, nowMs);
            Assert.InRange(granted, 0, asked);
            if (granted == 0)
            {
                Assert.InRange(limit.DueMs, nowMs + 1, nowMs + 1001);
                nowMs = limit.DueMs;
                Assert.True(limit.Grant(asked, nowMs) > 0, "granted nothing at the time that it named");
                continue;
            }

            int count = random.Next(1, granted + 1); // A read may take less than it was granted.
            limit.Charge(count);
            taken += count;
            long most = (long)((Int128)rate * (nowMs - startMs + DepthMs) / 1000) + 1;
            Assert.True(taken <= most, $"{taken} bytes, {most} allowed, after {nowMs - startMs} ms at {rate}");
            nowMs += random.Next(3) == 0 ? random.Next(200) : 0;
        }
    }

    [Property(MaxTest = 200)]
    public void Who_takes_all_that_is_granted_gets_the_rate(PositiveInt perSecond)
    {
        long rate = perSecond.Get * 1000L;
        RateLimit limit = new(rate, 0);
        long nowMs = 0;
        long taken = 0;
        while (nowMs < 3000)
        {
            int granted = limit.Grant(BlockPool.LargeBytes, nowMs);
            limit.Charge(granted);
            taken += granted;
            nowMs = granted == 0 ? limit.DueMs : nowMs;
        }

        long due = rate * 3;
        Assert.InRange(taken, due - (due / 20) - BlockPool.LargeBytes, due + (due / 20) + (rate / 10) + 1);
    }
}

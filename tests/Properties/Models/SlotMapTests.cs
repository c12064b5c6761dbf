// The slot map against a dictionary: a token finds its own value until it is removed, and nothing ever after.
using FsCheck;
using FsCheck.Xunit;
using Xunit;

namespace Zerocopy.Properties.Models;

public sealed class SlotMapTests
{
    [Property(MaxTest = 200)]
    public void A_stale_token_is_never_found(int seed, PositiveInt steps)
    {
        Random random = new(seed);
        SlotMap<object> map = new();
        Dictionary<ulong, object> live = [];
        List<ulong> stale = [];
        int most = 0;
        for (int i = 0; i < steps.Get * 20; i++)
        {
            if (live.Count > 0 && random.Next(100) < 45)
            {
                ulong token = live.Keys.ElementAt(random.Next(live.Count));
                Assert.Same(live[token], map.Find(token));
                map.Remove(token);
                _ = live.Remove(token);
                stale.Add(token);
            }
            else
            {
                object value = new();
                ulong token = map.Add(value);
                Assert.DoesNotContain(token, stale);
                live.Add(token, value);
                most = Math.Max(most, live.Count);
                Assert.InRange((uint)token, 1u, (uint)most); // A free slot is used again.
            }

            Assert.Equal(live.Count, map.Count);
        }

        Assert.All(live, entry => Assert.Same(entry.Value, map.Find(entry.Key)));
        Assert.All(stale, token => Assert.Null(map.Find(token)));
        Assert.Null(map.Find(ulong.MaxValue));
        Assert.Null(map.Find(0));
    }

    [Fact]
    public void A_reused_slot_does_not_answer_to_its_former_token()
    {
        SlotMap<string> map = new();
        ulong before = map.Add("before");
        map.Remove(before);
        ulong after = map.Add("after");
        Assert.Equal((uint)before, (uint)after); // The same slot, or this test asks nothing.
        Assert.NotEqual(before, after);
        Assert.Null(map.Find(before));
        Assert.Equal("after", map.Find(after));
    }
}

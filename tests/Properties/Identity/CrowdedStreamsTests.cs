// Many transfers between streams at once, which take from one pool of blocks: what is one's never becomes another's.
using FsCheck;
using FsCheck.Fluent;
using Xunit;
using Zerocopy.Properties.Simulation;

namespace Zerocopy.Properties.Identity;

[Collection(nameof(RealKernel))]
public sealed class CrowdedStreamsTests
{
    private const int Cases = 40;
    private const int Transfers = 12;
    private const int BytesMax = 300_000;
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(20);

    [Fact]
    public void Each_stream_gets_its_own_bytes()
    {
        Property law = Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), Crowd);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(Cases).WithQuietOnSuccess(true), law);
    }

    private static void Crowd(int seed)
    {
        SimRandom random = new((ulong)seed);
        Task[] all = [.. Enumerable.Range(0, Transfers).Select(i => TransferAsync(random, i))];
        Assert.True(Task.WhenAll(all).Wait(s_timeout), "not all of them have ended");
    }

    private static Task TransferAsync(SimRandom random, int index)
    {
        PeerScript script = new(
            1, index * 1_000_003L, random.Below(BytesMax), random.Between(1000, 8000), 1, (ulong)random.Below(1 << 30));
        return TransferAsync(script);
    }

    private static async Task TransferAsync(PeerScript script)
    {
        using ContentStream source = new(script);
        using ComparingStream destination = new(script);
        TransferResult result = await Transfer.CopyAsync(source, destination);
        Assert.Equal((script.Bytes, script.Bytes), (result.BytesWritten, destination.Got));
    }
}

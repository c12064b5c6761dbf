// The books of a tee against a model that only knows positions: where the head is, and how far each target has come.
using FsCheck;
using FsCheck.Fluent;
using Xunit;
using Zerocopy.Properties.Simulation;

namespace Zerocopy.Properties.Tees;

public sealed class TeeSetTests(ITestOutputHelper output)
{
    private const int Scripts = 4000;

    private int _offers;
    private int _allowed;
    private int _blocked;
    private int _stopped;
    private int _lagged;

    [Fact]
    public void Every_target_is_given_every_byte_once_and_the_slowest_decides()
    {
        Arbitrary<TeeScript> scripts = Arb.From(Gen.Choose(int.MinValue, int.MaxValue).Select(TeeScript.Of), Shrink);
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(Scripts).WithQuietOnSuccess(true), Prop.ForAll(scripts, Run));
        output.WriteLine(
            $"{_offers} offers, {_allowed} allowed, {_blocked} blocked, {_stopped} stopped, {_lagged} lagged");
        Assert.True(_allowed > _offers / 10 && _blocked > _offers / 20, "hardly anything happened");
        Assert.True(_stopped > 100 && _lagged > 100, "no target failed or lagged: nothing was asked");
    }

    private void Run(TeeScript script)
    {
        TeeModel model = new(script);
        SimRandom random = new(script.Seed);
        for (int i = 0; i < script.Steps; i++)
        {
            int length = random.Between(1, random.Pick<int>([1, 10, 100_000]));
            _offers++;
            int allowed = model.Offer(length);
            _allowed += allowed > 0 ? 1 : 0;
            _blocked += model.WasBlocked ? 1 : 0;
            if (model.IsStopped)
            {
                _stopped++;
                break;
            }

            // Whoever takes the bytes may take fewer, or none.
            int taken = allowed > 0 && random.Chance(80) ? random.Between(1, allowed) : 0;
            model.Leave(taken);
        }

        _lagged += model.Lagged;
        model.End();
    }

    private static IEnumerable<TeeScript> Shrink(TeeScript script)
        => new[]
        {
            script with { Steps = script.Steps / 2 },
            script with { Steps = script.Steps - 1 },
            script with { Targets = script.Targets - 1 },
        }.Where(simpler => simpler is { Steps: > 0, Targets: > 0 } && simpler != script);
}

// Run one round after the other, each worker by its own chance.
using Zerocopy.Properties.Simulation;
using Zerocopy.Soak.Scenarios;

namespace Zerocopy.Soak;

internal sealed class Workers(SoakOptions options, Gate gate, Totals totals)
{
    private const int FailuresMax = 5; // More of them say nothing new.

    private Task[] _loops = [];
    private volatile bool _isStopping;

    /// <summary>There is nothing more to learn.</summary>
    internal bool HaveGivenUp => totals.Failures >= FailuresMax || totals.HasHung;

    internal void Start() => _loops = [.. Enumerable.Range(0, options.Workers)
        .Select(worker => Task.Run(() => RunAsync(new SimRandom(options.Seed + ((ulong)worker << 32)))))];

    /// <summary>Waits for the rounds that run.</summary>
    internal Task StopAsync()
    {
        _isStopping = true;
        return Task.WhenAll(_loops);
    }

    private async Task RunAsync(SimRandom random)
    {
        while (!_isStopping && !HaveGivenUp)
        {
            Scenario scenario = options.Only is null
                ? Scenario.Pick(random) : Scenario.All.First(scenario => scenario.Name == options.Only);
            ulong seed = options.Round ?? random.Next();
            await gate.EnterAsync();
            try
            {
                await RunAsync(scenario, seed);
            }
            finally
            {
                gate.Exit();
            }
        }
    }

    private async Task RunAsync(Scenario scenario, ulong seed)
    {
        Round round = new(seed);
        Exception? failure = null;
        try
        {
            await scenario.RunAsync(round);
        }
        catch (Exception e)
        {
            failure = e;
            Console.WriteLine($"FAILED: --only {scenario.Name} --round {seed:x16}: {round.What}\n{e}");
        }

        round.Dispose();
        totals.Add(scenario.Name, round, failure);
    }
}

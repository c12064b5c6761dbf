// The whole run: everything at once, a rest now and then to see what is left, and the verdict.
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Zerocopy.Soak;

internal static class SoakRun
{
    private const int TickMs = 500;
    private const int StatusSeconds = 10;
    private const int RestSecondsMax = 60;
    private const int RestsMin = 4;

    /// <returns>True if all is well.</returns>
    internal static async Task<bool> RunAsync(SoakOptions options)
    {
        Console.WriteLine($"soak: {options.Minutes} minutes, {options.Workers} workers, --seed {options.Seed}");
        Totals totals = new();
        Gate gate = new();
        Workers workers = new(options, gate, totals);
        Flatness flatness = new(options);
        Stopwatch clock = Stopwatch.StartNew();
        RuntimeHelpers.RunClassConstructor(typeof(Link).TypeHandle); // Its listeners are there from the beginning.
        await SharedServers.StartAsync();
        workers.Start();
        await WatchAsync(options, workers, gate, totals, flatness, clock);
        await workers.StopAsync();
        flatness.Add(await Sample.TakeAtRestAsync());
        Console.WriteLine($"{Status(clock, totals)}:");
        (int passed, int failed) = totals.Report();
        (int flat, int grown) = totals.HasHung ? (0, 0) : flatness.Report();
        bool isQuiet = await Parked.IsQuietAsync(options.Seed);
        await SharedServers.StopAsync();
        SoakFiles.Delete();
        Console.WriteLine($"{passed + flat + (isQuiet ? 1 : 0)} passed, {failed + grown + (isQuiet ? 0 : 1)} failed");
        return failed + grown == 0 && isQuiet;
    }

    // The first rest is the end of the warm-up, at the first quarter; there are three more at least.
    private static async Task WatchAsync(
        SoakOptions options, Workers workers, Gate gate, Totals totals, Flatness flatness, Stopwatch clock)
    {
        double end = options.Minutes * 60;
        double restEvery = Math.Min(end / RestsMin, RestSecondsMax);
        double restAt = restEvery;
        double statusAt = Math.Min(StatusSeconds, end / 2);
        bool isWarm = false;
        while (clock.Elapsed.TotalSeconds < end && !workers.HaveGivenUp)
        {
            await Task.Delay(TickMs);
            double now = clock.Elapsed.TotalSeconds;
            if (now >= statusAt)
            {
                statusAt += StatusSeconds;
                Console.WriteLine($"{Status(clock, totals)}, {gate.Inside} live; {Sample.Take()}");
            }

            if (now >= restAt && end - now > restEvery / 2)
            {
                restAt += restEvery;
                await gate.CloseAsync();
                if (!isWarm)
                {
                    LibraryCaches.Fill();
                    isWarm = true;
                }

                flatness.Add(await Sample.TakeAtRestAsync());
                gate.Open();
            }
        }
    }

    private static string Status(Stopwatch clock, Totals totals)
        => $"{clock.Elapsed:mm\\:ss}   {totals.Rounds} rounds, {Link.Count} connections, "
            + $"{totals.Bytes / (double)(1 << 30):f1} GiB "
            + $"({100 * totals.BytesInKernel / Math.Max(totals.Bytes, 1)}% in the kernel)";
}

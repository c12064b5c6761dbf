using Spectre.Console;

namespace Zerocopy.Bench.Load.Running;

/// <summary>Runs all cells with all contenders, interleaved: noise that comes and goes hits them alike.</summary>
internal static class Runner
{
    internal static Task<List<Measurement>> RunAsync(RunOptions options, Action<Measurement> write)
    {
        int cells = options.Pairs.Sum(pair => options.CellsOf(pair).Count());
        int total = cells * (options.Reps + 1) * Contender.All.Length;
        TimeSpan least = TimeSpan.FromSeconds(total * (options.Seconds + 0.02));
        AnsiConsole.WriteLine($"{total} measurements, at least {least.TotalMinutes:F1} minutes");
        return AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                ProgressTask progress = context.AddTask("measuring", maxValue: total);
                List<Measurement> rows = [];
                foreach (string pair in options.Pairs)
                {
                    await using Stage stage = await Stage.SetAsync(pair);
                    foreach (Cell cell in options.CellsOf(pair))
                    {
                        progress.Description = Markup.Escape(cell.ToString());
                        await foreach (Measurement row in MeasureAsync(stage, cell, options))
                        {
                            progress.Increment(1);
                            if (row.Rep > 0)
                            {
                                rows.Add(row);
                                write(row);
                            }
                        }
                    }
                }

                return rows;
            });
    }

    /// <summary>Round 0 warms up. Each round starts with another contender.</summary>
    private static async IAsyncEnumerable<Measurement> MeasureAsync(Stage stage, Cell cell, RunOptions options)
    {
        int count = Contender.All.Length;
        for (int rep = 0; rep <= options.Reps; rep++)
        {
            for (int i = 0; i < count; i++)
            {
                Contender contender = Contender.All[(i + rep) % count];
                Measurement row;
                try
                {
                    row = await Measure.TakeAsync(stage, cell, contender, rep, options);
                }
                catch (BenchException e)
                {
                    throw new BenchException($"{cell}, {contender.Name}, repetition {rep}: {e.Message}");
                }

                yield return row;
            }
        }
    }
}

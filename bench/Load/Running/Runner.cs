using Spectre.Console;

namespace Zerocopy.Bench.Load.Running;

/// <summary>Runs all cells with all contenders, interleaved: noise that comes and goes hits them alike.</summary>
internal static class Runner
{
    internal static Task<List<Measurement>> RunAsync(RunOptions options, Action<Measurement> write)
    {
        Scene[] scenes = [.. Scene.Of(options)];
        int inRound = scenes.Sum(scene => scene.Cells.Sum(cell => scene.ContendersOf(cell).Length));
        int total = inRound * (options.Reps + 1);
        TimeSpan least = TimeSpan.FromSeconds(total * (options.Seconds + 0.02));
        AnsiConsole.WriteLine($"{total} measurements, at least {least.TotalMinutes:F1} minutes");
        return AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                ProgressTask progress = context.AddTask("measuring", maxValue: total);
                List<Measurement> rows = [];
                foreach (Scene scene in scenes)
                {
                    await using IStage stage = await scene.SetAsync();
                    foreach (Cell cell in scene.Cells)
                    {
                        progress.Description = Markup.Escape(cell.ToString());
                        await foreach (Measurement row in MeasureAsync(
                            stage, cell, scene.ContendersOf(cell), options.Reps))
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
    private static async IAsyncEnumerable<Measurement> MeasureAsync(
        IStage stage, Cell cell, Contender[] contenders, int reps)
    {
        for (int rep = 0; rep <= reps; rep++)
        {
            for (int i = 0; i < contenders.Length; i++)
            {
                Contender contender = contenders[(i + rep) % contenders.Length];
                Measurement row;
                try
                {
                    row = await stage.TakeAsync(cell, contender, rep);
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

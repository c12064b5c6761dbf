namespace Zerocopy.Bench.Load.Running;

/// <summary>Cells that are measured with the same processes.</summary>
/// <param name="Cells">In this order.</param>
/// <param name="ContendersOf">Who takes part in a cell.</param>
/// <param name="SetAsync">Starts the processes.</param>
internal sealed record Scene(Cell[] Cells, Func<Cell, Contender[]> ContendersOf, Func<Task<IStage>> SetAsync)
{
    internal static IEnumerable<Scene> Of(RunOptions options) => options.Modes switch
    {
        [Cell.Tee] => [TeeStage.Scene(options)],
        [Cell.Stall] => [StallStage.Scene(options)],
        [Cell.Files] => [FilesStage.Scene(options)],
        [Cell.Web] => [WebStage.Scene(options)],
        [Cell.Race] => [RaceStage.Scene(options)],
        _ => options.Pairs.Select(pair => new Scene(
            [.. options.CellsOf(pair)],
            _ => Contender.Of(options),
            () => Stage.SetAsync(
                pair,
                Contender.Of(options),
                isMirrored: false,
                options.Network,
                (stage, cell, contender, rep) => Measure.TakeAsync(stage, cell, contender, rep, options)))),
    };
}

/// <summary>The processes of a scene, and how to measure with them.</summary>
internal interface IStage : IAsyncDisposable
{
    Task<Measurement> TakeAsync(Cell cell, Contender contender, int rep);

    /// <summary>Starts its processes; those that did start end with one that did not.</summary>
    internal static async Task<IStage> StartAsync(IStage stage, Func<Task> start)
    {
        try
        {
            await start();
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }
}

using Zerocopy.Bench.Load.Running;

namespace Zerocopy.Bench.Load.Reporting;

/// <summary>The gates that our own load can judge.</summary>
internal static class LoadGates
{
    private const int LargeBytes = 64 * 1024;
    private const int JudgedBytesMin = 8 * 1024;

    private static readonly Gate s_cpu =
        new("relay CPU per GB, TCP, chunks >= 64 KiB", "NetworkStream.CopyToAsync", 0.4, IsCeiling: true);

    private static readonly Gate s_throughput =
        new("throughput, every pair, chunks >= 8 KiB", "our own CopyOnly", 0.95, IsCeiling: false);

    private static readonly Gate s_geomean =
        new("throughput, geometric mean of all sizes and pairs", "our own CopyOnly", 1, IsCeiling: false);

    internal static Gate[] All { get; } = [s_cpu, s_throughput, s_geomean];

    internal static IEnumerable<GateRow> Judge(LoadRun run)
    {
        Cell[] throughput = [.. run.Cells.Where(cell => cell.Mode == Cell.Throughput)];
        foreach (Cell cell in throughput.Where(cell => cell.Pair == "tcp-tcp" && cell.Bytes >= LargeBytes))
        {
            foreach (GateRow row in s_cpu.Judge(
                run.Name,
                Title(cell),
                run.TwinRatio(cell, Contender.Subject, Contender.NetworkStream, Metric.CpuPerGb),
                run.TwinSpread(cell, Contender.Subject, Contender.NetworkStream, Metric.CpuPerGb)))
            {
                yield return row;
            }
        }

        foreach (Cell cell in throughput)
        {
            foreach (GateRow row in s_throughput.Judge(
                run.Name, Title(cell), RatioOf(cell), SpreadOf(cell), IsSmall(cell) || GainsNothing(run, cell)))
            {
                yield return row;
            }
        }

        if (!IsWhole(throughput))
        {
            yield break;
        }

        Cell[] judged = [.. throughput.Where(cell => !GainsNothing(run, cell))];
        foreach (GateRow row in s_geomean.Judge(
            run.Name,
            $"{judged.Length} cells",
            Sample.Geomean(judged.Select(RatioOf)),
            Noise.SpreadOfGeomean([.. judged.Select(SpreadOf)])))
        {
            yield return row;
        }

        double? RatioOf(Cell cell)
            => run.TwinRatio(cell, Contender.Subject, Contender.CopyOnly, Metric.Throughput);

        double SpreadOf(Cell cell)
            => run.TwinSpread(cell, Contender.Subject, Contender.CopyOnly, Metric.Throughput);
    }

    /// <summary>A mean of all pairs and sizes needs all of them.</summary>
    private static bool IsWhole(Cell[] cells)
        => RunOptions.AllPairs.All(
            pair => RunOptions.AllSizes.All(size => cells.Any(cell => cell.Pair == pair && cell.Bytes == size)));

    /// <summary>With small sends loopback measures how its sender and its window meet, which no network card has: they
    /// are in the mean of all, and not judged one by one.</summary>
    private static bool IsSmall(Cell cell) => cell.Bytes < JudgedBytesMin;

    /// <summary>Under bbr, which paces on loopback, splicing gains nothing from unix to TCP: known, and not judged.
    /// </summary>
    private static bool GainsNothing(LoadRun run, Cell cell)
        => cell.Pair == "unix-tcp" && run.Environment.CongestionControl == "bbr";

    private static string Title(Cell cell) => $"{cell.Pair} {Size.Of(cell.Bytes)}";
}

namespace Zerocopy.Bench.Load.Reporting;

/// <summary>What the repetitions of one measurement gave.</summary>
internal readonly record struct Sample(double Median, double Min, double Max)
{
    /// <summary>Null for none.</summary>
    internal static Sample? Of(IEnumerable<double?> values)
    {
        double[] sorted = [.. values.OfType<double>().Order()];
        if (sorted.Length == 0)
        {
            return null;
        }

        int middle = sorted.Length / 2;
        double median = sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Sample(median, sorted[0], sorted[^1]);
    }

    internal static double? Geomean(IEnumerable<double?> ratios)
    {
        double[] known = [.. ratios.OfType<double>().Where(ratio => ratio > 0)];
        return known.Length == 0 ? null : Math.Exp(known.Average(Math.Log));
    }
}

namespace Zerocopy.Bench.Load.Reporting;

/// <summary>The A/A control: how far apart repetitions of one and the same contender are by chance.</summary>
internal static class Noise
{
    private const int Halvings = 1000;
    private const int ValuesMin = 4;
    private const double Share = 0.95;
    private const int Seed = 1; // The same results make the same report.

    /// <summary>The repetitions are halved at random, again and again: so far from 1, as a ratio less 1, are the
    /// medians of the two halves in 19 of 20 cases. What a gate compares has twice as many repetitions on each side,
    /// so it is less by the square root of 2.</summary>
    /// <param name="values">All above 0; of less than four nothing can be said, and 0 is.</param>
    internal static double SpreadOf(double[] values)
    {
        if (values.Length < ValuesMin)
        {
            return 0;
        }

        Random random = new(Seed);
        double[] shuffled = [.. values];
        double[] apart = new double[Halvings];
        for (int i = 0; i < Halvings; i++)
        {
            random.Shuffle(shuffled);
            double one = Median(shuffled.Take(values.Length / 2));
            double other = Median(shuffled.Skip(values.Length / 2));
            apart[i] = Math.Abs(Math.Log(one / other));
        }

        return Math.Exp(apart.Order().ElementAt((int)(Share * Halvings)) / Math.Sqrt(2)) - 1;
    }

    /// <summary>Of the geometric mean of ratios that have these spreads, each by itself.</summary>
    internal static double SpreadOfGeomean(double[] spreads)
        => Math.Exp(Math.Sqrt(spreads.Sum(spread => Math.Pow(Math.Log(1 + spread), 2))) / spreads.Length) - 1;

    private static double Median(IEnumerable<double> values)
        => Sample.Of(values.Select(value => (double?)value))!.Value.Median;
}

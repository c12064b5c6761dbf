namespace Zerocopy.Samples;

/// <summary>The same thing, measured several times.</summary>
internal sealed class Series(IEnumerable<double> values)
{
    private const double LeastDifference = 0.10;

    private readonly double[] _sorted = [.. values.Order()];

    internal double Median
    {
        get
        {
            int middle = _sorted.Length / 2;
            return _sorted.Length % 2 == 1 ? _sorted[middle] : (_sorted[middle - 1] + _sorted[middle]) / 2;
        }
    }

    internal double Min => _sorted[0];

    internal double Max => _sorted[^1];

    /// <summary>True if the medians differ by a tenth at least, and no value of one lies among those of the
    /// other.</summary>
    internal bool DiffersFrom(Series other)
    {
        double larger = Math.Max(Median, other.Median);
        bool isFar = Math.Abs(Median - other.Median) >= LeastDifference * larger;
        return isFar && (Min > other.Max || Max < other.Min);
    }
}

using Zerocopy.Bench.Load.Reporting;

namespace Zerocopy.Bench.Load.Plotting;

/// <summary>What a plot shows, and nothing of how it is drawn: for that see <see cref="Drawing"/>.</summary>
internal sealed record Plot
{
    /// <summary>Of its file, without the extension.</summary>
    public required string Name { get; init; }

    public required PlotKind Kind { get; init; }

    public required string Title { get; init; }

    /// <summary>What the groups are.</summary>
    public required string GroupLabel { get; init; }

    /// <summary>What the values are, with their unit.</summary>
    public required string ValueLabel { get; init; }

    /// <summary>The names along one axis.</summary>
    public required string[] Groups { get; init; }

    /// <summary>Where each group is on that axis.</summary>
    public required double[] Positions { get; init; }

    public required PlotSeries[] Series { get; init; }
}

internal enum PlotKind
{
    /// <summary>A line for each series, from left to right.</summary>
    Lines,

    /// <summary>The same with a logarithmic scale of values.</summary>
    LogarithmicLines,

    /// <summary>A bar for each series and group, from the left; the first group is on top.</summary>
    Bars,
}

/// <summary>Values that belong together.</summary>
/// <param name="Name">In the legend.</param>
/// <param name="Look">Which of the colours and markers.</param>
/// <param name="Values">One for each group; null where there is none.</param>
internal sealed record PlotSeries(string Name, int Look, Sample?[] Values);

namespace Zerocopy.Bench.Load.Reporting;

/// <summary>A number to reach: a ratio of ours to somebody else's.</summary>
/// <param name="What">Is measured.</param>
/// <param name="Against">Whom.</param>
/// <param name="Limit">Of the ratio.</param>
/// <param name="IsCeiling">The ratio is to be at most the limit; otherwise at least.</param>
internal sealed record Gate(string What, string Against, double Limit, bool IsCeiling)
{
    internal string Bound => $"{(IsCeiling ? "<=" : ">=")} {Limit:F2}";

    /// <param name="run">The results it is from.</param>
    /// <param name="cell">The cell of it.</param>
    /// <param name="ratio">Measured; null: not measured, then there is nothing to judge.</param>
    /// <param name="spread">What noise alone does to such a ratio, by <see cref="Noise"/>.</param>
    /// <param name="isReported">Shown without a verdict.</param>
    internal IEnumerable<GateRow> Judge(
        string run, string cell, double? ratio, double spread = 0, bool isReported = false)
        => ratio is { } known ? [new GateRow(this, run, cell, known, spread, isReported)] : [];
}

/// <summary>A gate in one cell of one run.</summary>
/// <param name="Gate">The number to reach.</param>
/// <param name="Run">The results it is from.</param>
/// <param name="Cell">The cell of it.</param>
/// <param name="Ratio">Reached.</param>
/// <param name="Spread">What noise alone does to it.</param>
/// <param name="IsReported">Shown without a verdict.</param>
internal sealed record GateRow(Gate Gate, string Run, string Cell, double Ratio, double Spread, bool IsReported)
{
    /// <summary>How far on the wrong side of the limit; 0 or less is a gate that is met.</summary>
    internal double Excess => Gate.IsCeiling ? Ratio - Gate.Limit : Gate.Limit - Ratio;

    internal bool IsMet
        => Gate.IsCeiling ? Ratio <= Gate.Limit * (1 + Spread) : Ratio >= Gate.Limit / (1 + Spread);

    internal string Verdict
        => IsReported ? "reported" : Excess <= 0 ? "met" : IsMet ? "met within the spread" : "**not met**";
}

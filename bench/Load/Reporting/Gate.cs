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
    /// <param name="sameTwice">The ratio of two identical contenders in the same cell; null: not measured.</param>
    /// <param name="isReported">Shown without a verdict.</param>
    internal IEnumerable<GateRow> Judge(
        string run, string cell, double? ratio, double? sameTwice, bool isReported = false)
        => ratio is { } known
            ? [new GateRow(this, run, cell, known, SpreadOf(sameTwice ?? 1), isReported)]
            : [];

    /// <summary>Of two ratios of identical contenders, subject's and baseline's, the one that is further from 1.
    /// </summary>
    internal static double? Wider(double? one, double? other)
        => SpreadOf(other ?? 1) > SpreadOf(one ?? 1) ? other : one;

    private static double SpreadOf(double ratio) => Math.Max(ratio, 1 / ratio) - 1;
}

/// <summary>A gate in one cell of one run.</summary>
/// <param name="Gate">The number to reach.</param>
/// <param name="Run">The results it is from.</param>
/// <param name="Cell">The cell of it.</param>
/// <param name="Ratio">Reached.</param>
/// <param name="Spread">How far two identical contenders were apart in the same cell.</param>
/// <param name="IsReported">Shown without a verdict.</param>
internal sealed record GateRow(Gate Gate, string Run, string Cell, double Ratio, double Spread, bool IsReported)
{
    /// <summary>How far on the wrong side of the limit; 0 or less is a gate that is met.</summary>
    internal double Excess => Gate.IsCeiling ? Ratio - Gate.Limit : Gate.Limit - Ratio;

    internal bool IsMet => Excess <= Spread;

    internal string Verdict
        => IsReported ? "reported" : Excess <= 0 ? "met" : IsMet ? "met within the spread" : "**not met**";
}

using Zerocopy.Bench.Load.Running;

namespace Zerocopy.Bench.Load.Plotting;

/// <summary>Colours that stand out from white and from near-black alike: the background is the page's.</summary>
internal static class Palette
{
    /// <summary>Text, axes and, fainter, the grid.</summary>
    internal const string Ink = "#7d8590";

    private static readonly string[] s_colors = ["#2f81f7", "#d4761f", "#2da44e", "#a371f7", "#8b949e"];

    /// <summary>In this order, and each with the same colour in every plot.</summary>
    private static readonly string[] s_contenders =
        [Contender.Subject, Contender.CopyOnly, Contender.NetworkStream, Contender.ReadWrite, Contender.Direct];

    internal static string ColorOf(int look) => s_colors[look % s_colors.Length];

    /// <summary>A contender's look; strangers come after those that are known here.</summary>
    internal static int LookOf(string contender)
        => Array.IndexOf(s_contenders, contender) is >= 0 and int known ? known : s_contenders.Length;
}

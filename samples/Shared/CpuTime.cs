using System.Globalization;

namespace Zerocopy.Samples;

/// <summary>The CPU time of a child, as it tells its parent: /proc has it in hundredths of a second only.</summary>
internal static class CpuTime
{
    private const string Prefix = "cpu ";

    /// <summary>That of this process so far, user and kernel.</summary>
    internal static string Line()
        => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.CpuUsage.TotalTime.TotalSeconds}");

    /// <returns>Seconds; null: it is another line.</returns>
    internal static double? Parse(string line)
        => line.StartsWith(Prefix, StringComparison.Ordinal)
            ? double.Parse(line.AsSpan(Prefix.Length), CultureInfo.InvariantCulture) : null;
}

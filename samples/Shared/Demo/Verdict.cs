namespace Zerocopy.Samples;

/// <summary>What was measured of one route.</summary>
/// <param name="Speed">MB/s, of each pass.</param>
/// <param name="Cpu">CPU seconds per GB, of each pass.</param>
/// <param name="InKernel">The share of the bytes that the kernel moved.</param>
internal sealed record Measured(Series Speed, Series Cpu, double InKernel)
{
    /// <summary>What one core would carry that does nothing else.</summary>
    internal string OfOneCore => $"{1 / Cpu.Median:F1} GB/s";
}

/// <summary>Whether two routes differ, in words; and if they do not, why.</summary>
/// <param name="subject">Who was measured: the relay, the server.</param>
/// <param name="kernel">What the kernel's route is called: spliced.</param>
internal sealed class Verdict(string subject, string kernel)
{
    private const double Half = 0.5;
    private const string CongestionPath = "/proc/sys/net/ipv4/tcp_congestion_control";

    internal IEnumerable<string> Of(Measured zeroCopy, Measured copied)
    {
        yield return OfCpu(zeroCopy, copied);
        yield return OfSpeed(zeroCopy, copied);
    }

    /// <summary>How much of its bytes' CPU the kernel's route takes; by how much they differ, or that they do
    /// not.</summary>
    private string OfCpu(Measured zeroCopy, Measured copied)
    {
        string figures = $"CPU of the {subject}: {Range(zeroCopy.Cpu, "F3")} s/GB {kernel}, "
            + $"{Range(copied.Cpu, "F3")} copied: ";
        return !zeroCopy.Cpu.DiffersFrom(copied.Cpu)
                ? $"{figures}no difference here, {Because(zeroCopy, "other programs want the CPU too")}."
            : zeroCopy.Cpu.Median < copied.Cpu.Median
                ? $"{figures}{kernel} it takes {zeroCopy.Cpu.Median / copied.Cpu.Median:P0} of what copying takes."
            : $"{figures}copying takes less here, {Because(zeroCopy, "which should not be")}.";
    }

    private string OfSpeed(Measured zeroCopy, Measured copied)
    {
        string figures = $"Speed: {Range(zeroCopy.Speed, "F0")} MB/s {kernel}, {Range(copied.Speed, "F0")} copied: ";
        string ends = $"for the two ends and loopback limit it, not the {subject}; "
            + $"the three share {Environment.ProcessorCount} cores";
        return !zeroCopy.Speed.DiffersFrom(copied.Speed) ? $"{figures}no difference here, {Because(zeroCopy, ends)}."
            : zeroCopy.Speed.Median > copied.Speed.Median
                ? $"{figures}{kernel} is {zeroCopy.Speed.Median / copied.Speed.Median:F1} times as fast."
            : $"{figures}copying is faster here, {Because(zeroCopy, ends)}.";
    }

    private static string Because(Measured zeroCopy, string otherwise)
        => zeroCopy.InKernel < Half ? "for the kernel moved few of the bytes: a sandbox may refuse that"
            : Congestion() == "bbr" ? "for bbr (net.ipv4.tcp_congestion_control) paces, also over loopback"
            : otherwise;

    private static string Range(Series series, string format)
    {
        (string least, string most) = (series.Min.ToString(format), series.Max.ToString(format));
        return least == most ? least : $"{least} to {most}";
    }

    private static string Congestion()
        => File.Exists(CongestionPath) ? File.ReadAllText(CongestionPath).Trim() : "unknown";
}

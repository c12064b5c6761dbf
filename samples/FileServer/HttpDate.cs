using System.Globalization;

namespace Zerocopy.Samples.FileServer;

/// <summary>Dates as HTTP writes them: Sun, 06 Nov 1994 08:49:37 GMT.</summary>
internal static class HttpDate
{
    private static Second s_now = new(0, "");

    /// <summary>Written once a second.</summary>
    internal static string Now
    {
        get
        {
            DateTime now = DateTime.UtcNow;
            long number = now.Ticks / TimeSpan.TicksPerSecond;
            Second second = Volatile.Read(ref s_now);
            if (second.Number != number)
            {
                second = new Second(number, Format(now));
                Volatile.Write(ref s_now, second);
            }

            return second.Text;
        }
    }

    internal static string Format(DateTime utc) => utc.ToString("r", CultureInfo.InvariantCulture);

    /// <summary>True if <paramref name="field"/> is a date, and nothing was written after it. It can say no more than
    /// whole seconds.</summary>
    internal static bool IsNotAfter(DateTime utc, string? field)
        => DateTime.TryParseExact(
                field,
                "r",
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out DateTime date)
            && utc.Ticks / TimeSpan.TicksPerSecond <= date.Ticks / TimeSpan.TicksPerSecond;

    private sealed record Second(long Number, string Text);
}

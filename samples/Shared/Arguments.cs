using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;

namespace Zerocopy.Samples;

/// <summary>The options that several samples have.</summary>
internal static class Arguments
{
    internal static Option<EndPoint> Listen { get; } = new("--listen")
    {
        Description = "Where to accept: HOST:PORT, :PORT (every address of this host), [::1]:PORT, unix:/PATH or "
            + "unix:@NAME (of Linux's abstract names). Port 0 takes a free one.",
        HelpName = "ADDRESS",
        CustomParser = result => Parse(result, EndPointText.Parse),
    };

    internal static Option<EndPoint> Connect { get; } = new("--connect")
    {
        Description = "Where to relay to: the same forms; :PORT is this host.",
        HelpName = "ADDRESS",
        CustomParser = result => Parse(result, EndPointText.Parse),
    };

    internal static Option<bool> Log { get; } = new("--log")
    {
        Description = "Print a line for each connection once it has ended: when, who, how much, how it ended.",
    };

    internal static Option<bool> CopyOnly { get; } = new("--copy-only")
    {
        Description = "Copy through memory; the kernel moves nothing.",
    };

    /// <summary>Of a demo's child: it ends when its parent does.</summary>
    internal static Option<bool> UntilInputEnds { get; } = new("--until-input-ends") { Hidden = true };

    internal static TransferMode Mode(this ParseResult arguments)
        => arguments.GetValue(CopyOnly) ? TransferMode.CopyOnly : TransferMode.Auto;

    internal static Option<TimeSpan?> Seconds(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "SECONDS",
        CustomParser = result => Parse(result, ParseSeconds),
    };

    internal static Option<long?> Size(string name, string description) => new(name)
    {
        Description = $"{description} In B, KB, MB, GB, KiB, MiB or GiB.",
        HelpName = "SIZE",
        CustomParser = result => Parse<long?>(result, text => ByteSize.Parse(text)),
    };

    /// <summary>Makes the parser of one option's value from one that throws <see cref="FormatException"/>.</summary>
    internal static T? Parse<T>(ArgumentResult result, Func<string, T> parse)
    {
        try
        {
            return parse(result.Tokens[0].Value);
        }
        catch (FormatException e)
        {
            result.AddError(e.Message);
            return default;
        }
    }

    private static TimeSpan? ParseSeconds(string text)
        => double.TryParse(text, out double seconds) && seconds is >= 0.001 and <= 24 * 86400
            ? TimeSpan.FromSeconds(seconds)
            : throw new FormatException($"'{text}' is no number of seconds: more than 0, at most 24 days");
}

using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Zerocopy.Samples.Proxy;

/// <summary>One pass of the demo: an upstream, a relay and a client, an exchange and a stream through them.</summary>
internal sealed partial class DemoRun
{
    /// <summary>What was measured; the relay's CPU time is that of its process, user and kernel.</summary>
    /// <param name="StreamSeconds">How long the stream took.</param>
    /// <param name="StreamCpuSeconds">The relay's CPU for the stream.</param>
    /// <param name="ExchangeSeconds">How long the exchange took.</param>
    /// <param name="ExchangeCpuSeconds">The relay's CPU for the exchange.</param>
    /// <param name="BytesSpliced">By the relay's own count.</param>
    /// <param name="BytesCopied">By the relay's own count.</param>
    internal readonly record struct Figures(
        double StreamSeconds,
        double StreamCpuSeconds,
        double ExchangeSeconds,
        double ExchangeCpuSeconds,
        long BytesSpliced,
        long BytesCopied);

    /// <exception cref="InvalidDataException">What one side sent is not what the other received.</exception>
    internal static async Task<Figures> RunAsync(
        bool copyOnly, bool spoil, long streamBytes, int rounds, Action<long> onProgress, CancellationToken token)
    {
        using ChildProcess upstream = new(spoil ? [Demo.UpstreamCommand, Demo.SpoilOption] : [Demo.UpstreamCommand]);
        string target = $"127.0.0.1:{await upstream.ReadLineAsync(token).ConfigureAwait(false)}";
        using ChildProcess relay = new(
            "--until-input-ends", "--listen", "127.0.0.1:0", "--connect", target, "--copy-only", copyOnly.ToString());
        string address = (await relay.ReadLineAsync(token).ConfigureAwait(false)).Split(' ', ',')[2];
        string port = IPEndPoint.Parse(address).Port.ToString();
        using ChildProcess client = new(Demo.ClientCommand, port, rounds.ToString());

        // The exchange comes first: by the time of the stream the relay's code is compiled.
        (double exchangeSeconds, double exchangeCpu) = await MeasureAsync(0).ConfigureAwait(false);
        (double streamSeconds, double streamCpu) = await MeasureAsync(streamBytes).ConfigureAwait(false);
        string totals = await relay.EndAsync(token).ConfigureAwait(false);
        Match bytes = BytesInTotals().Match(totals);
        if (!bytes.Success)
        {
            throw new InvalidDataException($"The relay printed no totals: {totals}");
        }

        return new Figures(streamSeconds, streamCpu, exchangeSeconds, exchangeCpu,
            long.Parse(bytes.Groups["spliced"].Value), long.Parse(bytes.Groups["copied"].Value));

        async Task<(double Seconds, double CpuSeconds)> MeasureAsync(long length)
        {
            TimeSpan before = relay.CpuTime;
            client.WriteLine(length.ToString());
            string[] words;
            while ((words = (await client.ReadLineAsync(token).ConfigureAwait(false)).Split(' '))[0] != "done")
            {
                onProgress(long.Parse(words[1]));
            }

            double cpuSeconds = (relay.CpuTime - before).TotalSeconds;
            string there = await upstream.ReadLineAsync(token).ConfigureAwait(false);
            string here = $"{words[2]} {words[3]}";
            return there == here
                ? (double.Parse(words[1], CultureInfo.InvariantCulture), cpuSeconds)
                : throw new InvalidDataException($"SHA-256, up and down: the upstream has {there}, the client {here}.");
        }
    }

    [GeneratedRegex("(?<spliced>[0-9]+) spliced, (?<copied>[0-9]+) copied")]
    private static partial Regex BytesInTotals();
}

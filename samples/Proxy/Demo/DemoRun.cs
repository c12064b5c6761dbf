using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Spectre.Console;

namespace Zerocopy.Samples.Proxy;

/// <summary>The demo's processes: an upstream, a proxy that splices and one that copies, a client; and what goes
/// through them.</summary>
internal sealed partial class DemoRun(long streamBytes, int rounds, bool spoil) : IDemo<DemoRun.Pass>
{
    /// <summary>What one pass measured; the relay's CPU time is that of its process, user and kernel.</summary>
    /// <param name="StreamSeconds">How long the stream took.</param>
    /// <param name="StreamCpuSeconds">The relay's CPU for the stream.</param>
    /// <param name="AskSeconds">How long the questions took.</param>
    /// <param name="AskCpuSeconds">The relay's CPU for the questions.</param>
    internal readonly record struct Pass(
        double StreamSeconds, double StreamCpuSeconds, double AskSeconds, double AskCpuSeconds);

    private readonly ChildProcess?[] _relays = new ChildProcess[2];
    private readonly int[] _ports = new int[2];
    private ChildProcess? _upstream;
    private ChildProcess? _client;

    public long PassBytes => streamBytes;

    public async Task StartAsync(CancellationToken token)
    {
        _upstream = new ChildProcess(spoil ? [Demo.UpstreamCommand, Demo.SpoilOption] : [Demo.UpstreamCommand]);
        _client = new ChildProcess(Demo.ClientCommand);
        string target = $"127.0.0.1:{await _upstream!.ReadLineAsync(token).ConfigureAwait(false)}";
        for (int i = 0; i < _relays.Length; i++)
        {
            _relays[i] = new ChildProcess("--until-input-ends", "--listen", "127.0.0.1:0", "--connect", target,
                "--copy-only", (i == 1).ToString());
            string address = (await _relays[i]!.ReadLineAsync(token).ConfigureAwait(false)).Split(' ', ',')[2];
            _ports[i] = IPEndPoint.Parse(address).Port;
        }
    }

    public async Task CheckAsync(bool copyOnly, Action<long> onProgress, CancellationToken token)
    {
        _ = await MoveAsync(copyOnly, DemoKind.Ask, rounds, onProgress, token).ConfigureAwait(false);
        (_, _, string got) = await MoveAsync(copyOnly, DemoKind.Hash, streamBytes, onProgress, token)
            .ConfigureAwait(false);
        string sent = await _upstream!.ReadLineAsync(token).ConfigureAwait(false);
        if (sent != got)
        {
            throw new InvalidDataException($"SHA-256: the upstream sent {sent}, the client got {got}.");
        }
    }

    public async Task<Pass> MeasureAsync(bool copyOnly, Action<long> onProgress, CancellationToken token)
    {
        (double seconds, double cpu, _) = await MoveAsync(copyOnly, DemoKind.Count, streamBytes, onProgress, token)
            .ConfigureAwait(false);
        (double askSeconds, double askCpu, _) = await MoveAsync(copyOnly, DemoKind.Ask, rounds, onProgress, token)
            .ConfigureAwait(false);
        return new Pass(seconds, cpu, askSeconds, askCpu);
    }

    public async Task ShowAsync(IReadOnlyList<Pass> zeroCopy, IReadOnlyList<Pass> copied, CancellationToken token)
    {
        Measured spliced = Summary(zeroCopy, await EndAsync(_relays[0]!, token).ConfigureAwait(false));
        Measured copy = Summary(copied, await EndAsync(_relays[1]!, token).ConfigureAwait(false));
        Table table = new();
        _ = table.AddColumns(
            "route", "spliced", "MB/s", "relay CPU s/GB", "one core carries", "round trips/s", "CPU us each");
        AddRow("splice", spliced, zeroCopy);
        AddRow("copy", copy, copied);
        AnsiConsole.Write(table);
        AnsiConsole.WriteLine("Every byte arrived as it was sent, on either route: SHA-256 agree, and every answer is "
            + "right.");
        foreach (string line in new Verdict("relay", "spliced").Of(spliced, copy))
        {
            AnsiConsole.WriteLine(line);
        }

        AnsiConsole.WriteLine("Small messages are copied on either route, because that is cheaper.");

        void AddRow(string route, Measured measured, IReadOnlyList<Pass> passes) => table.AddRow(
            route,
            $"{measured.InKernel:P0}",
            $"{measured.Speed.Median:F0}",
            $"{measured.Cpu.Median:F3}",
            measured.OfOneCore,
            $"{new Series(passes.Select(pass => rounds / pass.AskSeconds)).Median:F0}",
            $"{new Series(passes.Select(pass => pass.AskCpuSeconds * 1e6 / rounds)).Median:F1}");
    }

    public void Dispose()
    {
        _client?.Dispose();
        _upstream?.Dispose();
        Array.ForEach(_relays, child => child?.Dispose());
    }

    private Measured Summary(IReadOnlyList<Pass> passes, double inKernel) => new(
        new Series(passes.Select(pass => streamBytes / 1e6 / pass.StreamSeconds)),
        new Series(passes.Select(pass => pass.StreamCpuSeconds / (streamBytes / 1e9))),
        inKernel);

    /// <returns>The share of all its bytes that it spliced, by its own count.</returns>
    private static async Task<double> EndAsync(ChildProcess relay, CancellationToken token)
    {
        string totals = await relay.EndAsync(token).ConfigureAwait(false);
        Match bytes = BytesInTotals().Match(totals);
        if (!bytes.Success)
        {
            throw new InvalidDataException($"The relay printed no totals: {totals}");
        }

        double spliced = Number("spliced");
        return spliced / (spliced + Number("copied"));

        double Number(string group) => double.Parse(bytes.Groups[group].Value, CultureInfo.InvariantCulture);
    }

    private async Task<(double Seconds, double CpuSeconds, string Hash)> MoveAsync(
        bool copyOnly, DemoKind kind, long count, Action<long> onProgress, CancellationToken token)
    {
        int route = copyOnly ? 1 : 0;
        double before = await _relays[route]!.AskCpuAsync(token).ConfigureAwait(false);
        _client!.WriteLine($"{kind} {_ports[route]} {count}");
        string line;
        while ((line = await _client!.ReadLineAsync(token).ConfigureAwait(false)).StartsWith("progress ",
            StringComparison.Ordinal))
        {
            onProgress(long.Parse(line.AsSpan(9), CultureInfo.InvariantCulture));
        }

        double cpuSeconds = await _relays[route]!.AskCpuAsync(token).ConfigureAwait(false) - before;
        return line.Split(' ') is ["done", { } seconds, { } hash]
            ? (double.Parse(seconds, CultureInfo.InvariantCulture), cpuSeconds, hash)
            : throw new InvalidDataException($"The client: {line}");
    }

    [GeneratedRegex("(?<spliced>[0-9]+) spliced, (?<copied>[0-9]+) copied")]
    private static partial Regex BytesInTotals();
}

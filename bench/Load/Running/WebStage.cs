using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Zerocopy.Bench.Load.Running;

/// <summary><c>run --only web</c>: samples/FileServer against nginx with sendfile, the load made by wrk. Its sizes are
/// those of the files.</summary>
internal sealed partial class WebStage : IStage
{
    private const string Get = "get";
    private const int ClientsAtOnce = 32;

    private const string ServerKind = "server";
    private const string ServerCopyKind = "server-copyonly";

    private static readonly Contender s_nginx = new("nginx", "nginx");

    private static readonly Contender[] s_contenders =
    [
        new(Contender.Subject, ServerKind),
        new(Contender.Again, ServerKind),
        new(Contender.CopyOnly, ServerCopyKind),
        .. WebPeer.IsNginxInstalled ? [s_nginx] : Array.Empty<Contender>(),
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("zerocopy-web-").FullName;
    private readonly Dictionary<string, WebPeer> _servers = [];
    private readonly RunOptions _options;

    private WebStage(RunOptions options) => _options = options;

    internal static string[] Pairs { get; } = [Get];

    internal static Scene Scene(RunOptions options) => new(
        [.. options.Sizes.Select(size => new Cell(Cell.Web, Get, size, ClientsAtOnce))],
        _ => s_contenders,
        () =>
        {
            BenchException.Require(WebPeer.IsWrkInstalled, "wrk is not installed (Debian: apt-get install wrk)");
            WebStage stage = new(options);
            return IStage.StartAsync(stage, stage.StartAsync);
        });

    public async Task<Measurement> TakeAsync(Cell cell, Contender contender, int rep)
    {
        WebPeer server = _servers[contender.Name];
        TimeSpan before = server.CpuTime;
        string output = await WrkAsync($"http://127.0.0.1:{server.Port}/{NameOf(cell.Bytes)}");
        TimeSpan used = server.CpuTime - before;
        Match requests = Requests().Match(output);
        BenchException.Require(requests.Success, $"wrk said: {output}");
        BenchException.Require(!output.Contains("Non-2xx", StringComparison.Ordinal), $"wrk got errors: {output}");
        BenchException.Require(!output.Contains("Socket errors", StringComparison.Ordinal), $"wrk failed: {output}");
        long count = long.Parse(requests.Groups["count"].Value, CultureInfo.InvariantCulture);
        double seconds = SecondsOf(requests.Groups["time"].Value);
        return Measurement.Of(cell, contender, rep) with
        {
            PerS = Math.Round(count / seconds, 1),
            P50Us = Math.Round(Latency(output, "50%") * 1e6, 1),
            P99Us = Math.Round(Latency(output, "99%") * 1e6, 1),
            CpuUsEach = Math.Round(used.TotalMicroseconds / count, 3),
        };
    }

    public async ValueTask DisposeAsync()
    {
        foreach (WebPeer server in _servers.Values)
        {
            await server.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private static string NameOf(int bytes) => $"file-{bytes}.bin";

    private async Task StartAsync()
    {
        string root = Path.Combine(_folder, "root");
        Directory.CreateDirectory(root);
        foreach (int size in _options.Sizes)
        {
            WrittenFile.Make(Path.Combine(root, NameOf(size)), size);
        }

        foreach (Contender contender in s_contenders)
        {
            _servers[contender.Name] = contender == s_nginx
                ? await WebPeer.StartNginxAsync(_folder, root)
                : await WebPeer.StartSampleAsync(root, contender.Kind == ServerCopyKind);
        }
    }

    private async Task<string> WrkAsync(string url)
    {
        int seconds = Math.Max(1, (int)Math.Round(_options.Seconds));
        ProcessStartInfo start = new(
            WebPeer.Wrk, ["-t", "1", "-c", $"{ClientsAtOnce}", "-d", $"{seconds}s", "--latency", url])
        {
            RedirectStandardOutput = true,
        };
        using Process wrk = Process.Start(start)!;
        string output = await wrk.StandardOutput.ReadToEndAsync();
        await wrk.WaitForExitAsync();
        BenchException.Require(wrk.ExitCode == 0, $"wrk failed: {output}");
        return output;
    }

    private static double Latency(string output, string part)
    {
        Match match = Latencies().Match(output[output.IndexOf("Latency Distribution", StringComparison.Ordinal)..]);
        while (match.Success && match.Groups["part"].Value != part)
        {
            match = match.NextMatch();
        }

        BenchException.Require(match.Success, $"wrk told no latencies: {output}");
        return SecondsOf(match.Groups["time"].Value);
    }

    /// <summary>Such as 1.23ms.</summary>
    private static double SecondsOf(string text)
    {
        Match match = Time().Match(text);
        double number = double.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture);
        return match.Groups["unit"].Value switch
        {
            "us" => number / 1e6,
            "ms" => number / 1e3,
            "m" => number * 60,
            _ => number,
        };
    }

    [GeneratedRegex(@"(?<count>\d+) requests in (?<time>[\d.]+\w+)")]
    private static partial Regex Requests();

    [GeneratedRegex(@"(?<part>\d+%)\s+(?<time>[\d.]+\w+)")]
    private static partial Regex Latencies();

    [GeneratedRegex(@"^(?<number>[\d.]+)(?<unit>us|ms|s|m)$")]
    private static partial Regex Time();
}

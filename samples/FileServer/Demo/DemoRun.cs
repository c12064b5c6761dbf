using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Spectre.Console;

namespace Zerocopy.Samples.FileServer;

/// <summary>The demo's processes: a server that uses the kernel and one that copies, a client; and every route between
/// them.</summary>
internal sealed partial class DemoRun(long routeBytes, bool spoil) : IDemo<IReadOnlyList<DemoRun.Figures>>
{
    internal const string Put = "PUT";
    internal const string Whole = "GET";
    internal const string Ranges = "GET-parts";
    internal const string Output = "GET-output";
    internal const string Command = "all";

    private const double WholeShare = 1;

    private static readonly string[] s_routes = [Put, Whole, Ranges, Output];

    /// <summary>What one route cost; the server's CPU time is that of its process, user and kernel.</summary>
    /// <param name="Bytes">How many were moved.</param>
    /// <param name="Seconds">How long it took.</param>
    /// <param name="CpuSeconds">The server's CPU for it.</param>
    internal readonly record struct Figures(long Bytes, double Seconds, double CpuSeconds)
    {
        internal double MegabytesPerSecond => Bytes / 1e6 / Seconds;

        internal double CpuSecondsPerGigabyte => CpuSeconds / (Bytes / 1e9);
    }

    private readonly DirectoryInfo[] _folders =
        [.. Enumerable.Range(0, 2).Select(_ => Directory.CreateTempSubdirectory("fileserver-demo-"))];

    private readonly ChildProcess?[] _servers = new ChildProcess[2];
    private readonly int[] _ports = new int[2];
    private ChildProcess? _client;

    public long PassBytes => routeBytes * s_routes.Length;

    public async Task StartAsync(CancellationToken token)
    {
        _client = new ChildProcess(Demo.ClientCommand, spoil.ToString());
        for (int i = 0; i < _servers.Length; i++)
        {
            string folder = _folders[i].FullName;
            _servers[i] = new ChildProcess(
                "--until-input-ends", "--listen", "127.0.0.1:0", "--root", folder, "--allow-put",
                "--run", $"{Command}={CommandIn(folder)}", "--copy-only", (i == 1).ToString());
            string address = (await _servers[i]!.ReadLineAsync(token).ConfigureAwait(false)).Split(' ', ',')[2];
            _ports[i] = IPEndPoint.Parse(address).Port;
        }

        _ = await _client!.ReadLineAsync(token).ConfigureAwait(false);
    }

    public async Task CheckAsync(bool copyOnly, Action<long> onProgress, CancellationToken token)
    {
        long allBytes = DemoFiles.BytesOfAll; // A short demo puts all of them as well, or there are none to get.
        for (int i = 0; i < s_routes.Length; i++)
        {
            _ = await MoveAsync(copyOnly, DemoClient.Hashed, i, Math.Max(routeBytes, allBytes), onProgress, token)
                .ConfigureAwait(false);
        }
    }

    public async Task<IReadOnlyList<Figures>> MeasureAsync(
        bool copyOnly, Action<long> onProgress, CancellationToken token)
    {
        List<Figures> figures = [];
        for (int i = 0; i < s_routes.Length; i++)
        {
            figures.Add(await MoveAsync(copyOnly, DemoClient.Counted, i, routeBytes, onProgress, token)
                .ConfigureAwait(false));
        }

        return figures;
    }

    public async Task ShowAsync(
        IReadOnlyList<IReadOnlyList<Figures>> zeroCopy,
        IReadOnlyList<IReadOnlyList<Figures>> copied,
        CancellationToken token)
    {
        (string mechanisms, double inKernel) = await EndAsync(_servers[0]!, token).ConfigureAwait(false);
        (string copies, _) = await EndAsync(_servers[1]!, token).ConfigureAwait(false);
        Table table = new();
        _ = table.AddColumns("route", "MB/s", "copied MB/s", "server CPU s/GB", "copied CPU s/GB", "ratio",
            "one core carries", "copied");
        List<string> words = [];
        for (int i = 0; i < s_routes.Length; i++)
        {
            (Measured kernel, Measured copy) = (Of(zeroCopy, i, inKernel), Of(copied, i, inKernel));
            _ = table.AddRow(
                s_routes[i],
                $"{kernel.Speed.Median:F0}",
                $"{copy.Speed.Median:F0}",
                $"{kernel.Cpu.Median:F3}",
                $"{copy.Cpu.Median:F3}",
                $"{kernel.Cpu.Median / copy.Cpu.Median:F2}",
                kernel.OfOneCore,
                copy.OfOneCore);
            string route = s_routes[i];
            words.AddRange(new Verdict("server", "zero-copy").Of(kernel, copy).Select(line => $"{route}: {line}"));
        }

        AnsiConsole.Write(table);
        AnsiConsole.WriteLine("Every file, every part and every output arrived as it was, on either route: all SHA-256 "
            + "agree.");
        words.ForEach(AnsiConsole.WriteLine);
        AnsiConsole.WriteLine($"Bytes, zero-copy: {mechanisms}.");
        AnsiConsole.WriteLine($"Bytes, copied: {copies}.");
    }

    public void Dispose()
    {
        _client?.Dispose();
        Array.ForEach(_servers, child => child?.Dispose());
        Array.ForEach(_folders, folder => folder.Delete(recursive: true));
    }

    private static Measured Of(IReadOnlyList<IReadOnlyList<Figures>> passes, int route, double inKernel) => new(
        new Series(passes.Select(pass => pass[route].MegabytesPerSecond)),
        new Series(passes.Select(pass => pass[route].CpuSecondsPerGigabyte)),
        inKernel);

    private async Task<Figures> MoveAsync(
        bool copyOnly, string how, int route, long atLeast, Action<long> onProgress, CancellationToken token)
    {
        int server = copyOnly ? 1 : 0;
        double before = await _servers[server]!.AskCpuAsync(token).ConfigureAwait(false);
        _client!.WriteLine($"{how} {s_routes[route]} {_ports[server]} {atLeast} {_folders[server].FullName}");
        string line;
        while ((line = await _client!.ReadLineAsync(token).ConfigureAwait(false)).StartsWith("progress ",
            StringComparison.Ordinal))
        {
            double share = long.Parse(line.AsSpan(9), NumberStyles.None) / (double)atLeast;
            onProgress((long)((route + Math.Min(share, WholeShare)) * routeBytes));
        }

        double used = await _servers[server]!.AskCpuAsync(token).ConfigureAwait(false) - before;
        return line.Split(' ') is ["done", { } moved, { } seconds]
            ? new Figures(long.Parse(moved, NumberStyles.None),
                double.Parse(seconds, CultureInfo.InvariantCulture), used)
            : throw new InvalidDataException($"{s_routes[route]}: {line[(line.IndexOf(' ') + 1)..]}");
    }

    private static string CommandIn(string folder)
    {
        string quoted = $"'{folder.Replace("'", "'\\''", StringComparison.Ordinal)}'";
        return $"cat {string.Join(' ', DemoFiles.Names.Select(name => $"{quoted}/{name}"))}";
    }

    /// <returns>Bytes by mechanism in words, and the share of them that the kernel moved.</returns>
    private static async Task<(string Mechanisms, double InKernel)> EndAsync(
        ChildProcess server, CancellationToken token)
    {
        string totals = await server.EndAsync(token).ConfigureAwait(false);
        Match bytes = BytesInTotals().Match(totals);
        if (!bytes.Success)
        {
            throw new InvalidDataException($"The server printed no totals: {totals}");
        }

        double kernel = Number("sendfile") + Number("spliced");
        return (bytes.Value, kernel / (kernel + Number("copied")));

        double Number(string group) => double.Parse(bytes.Groups[group].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex("(?<sendfile>[0-9]+) by sendfile, (?<spliced>[0-9]+) spliced, (?<copied>[0-9]+) copied")]
    private static partial Regex BytesInTotals();
}

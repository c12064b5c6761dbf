using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Zerocopy.Samples.FileServer;

/// <summary>One pass of the demo: a server, a client, and every route between them.</summary>
internal static partial class DemoRun
{
    internal const string Put = "PUT";
    internal const string Whole = "GET";
    internal const string Ranges = "GET-parts";
    internal const string Output = "GET-output";
    internal const string Command = "all";

    internal static IReadOnlyList<string> Routes { get; } = [Put, Whole, Ranges, Output];

    /// <summary>What one route cost; the server's CPU time is that of its process, user and kernel.</summary>
    /// <param name="Bytes">How many were moved.</param>
    /// <param name="Seconds">How long it took.</param>
    /// <param name="CpuSeconds">The server's CPU for it.</param>
    internal readonly record struct Figures(long Bytes, double Seconds, double CpuSeconds)
    {
        internal double MegabytesPerSecond => Bytes / 1e6 / Seconds;

        internal double CpuSecondsPerGigabyte => CpuSeconds / (Bytes / 1e9);
    }

    /// <summary>A whole pass.</summary>
    /// <param name="ByRoute">In the order of <see cref="DemoRun.Routes"/>.</param>
    /// <param name="Mechanisms">By the server's own count.</param>
    internal sealed record Pass(IReadOnlyList<Figures> ByRoute, string Mechanisms);

    /// <exception cref="InvalidDataException">What came is not what it should be.</exception>
    internal static async Task<Pass> RunAsync(
        bool copyOnly, bool spoil, long routeBytes, Action<long> onProgress, CancellationToken token)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("fileserver-demo-");
        try
        {
            return await RunAsync(folder.FullName, copyOnly, spoil, routeBytes, onProgress, token)
                .ConfigureAwait(false);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<Pass> RunAsync(
        string folder, bool copyOnly, bool spoil, long routeBytes, Action<long> onProgress, CancellationToken token)
    {
        using ChildProcess server = new(
            "--until-input-ends", "--listen", "127.0.0.1:0", "--root", folder, "--allow-put",
            "--run", $"{Command}={CommandIn(folder)}", "--copy-only", copyOnly.ToString());
        string address = (await server.ReadLineAsync(token).ConfigureAwait(false)).Split(' ', ',')[2];
        using ChildProcess client = new(Demo.ClientCommand,
            IPEndPoint.Parse(address).Port.ToString(CultureInfo.InvariantCulture), folder, spoil.ToString());
        _ = await client.ReadLineAsync(token).ConfigureAwait(false);

        // All files once, whatever the length: by the time of what is measured the server's code is compiled.
        long setBytes = DemoFiles.Names.Sum(
            name => new FileInfo(Path.Combine(RuntimeFolder, name)).Length);
        foreach (string route in Routes)
        {
            _ = await MeasureAsync(route, setBytes, 0).ConfigureAwait(false);
        }

        List<Figures> figures = [];
        foreach (string route in Routes)
        {
            figures.Add(await MeasureAsync(route, routeBytes, figures.Count * routeBytes).ConfigureAwait(false));
        }

        string totals = await server.EndAsync(token).ConfigureAwait(false);
        Match bytes = BytesInTotals().Match(totals);
        return bytes.Success
            ? new Pass(figures, bytes.Value)
            : throw new InvalidDataException($"The server printed no totals: {totals}");

        async Task<Figures> MeasureAsync(string route, long atLeast, long before)
        {
            TimeSpan cpu = server.CpuTime;
            client.WriteLine($"{route} {atLeast}");
            string line;
            while ((line = await client.ReadLineAsync(token).ConfigureAwait(false)).StartsWith("progress ",
                StringComparison.Ordinal))
            {
                onProgress(before + Math.Min(long.Parse(line.AsSpan(9), NumberStyles.None), atLeast));
            }

            TimeSpan used = server.CpuTime - cpu;
            return line.Split(' ') is ["done", { } moved, { } seconds]
                ? new Figures(long.Parse(moved, NumberStyles.None),
                    double.Parse(seconds, CultureInfo.InvariantCulture), used.TotalSeconds)
                : throw new InvalidDataException($"{route}: {line[(line.IndexOf(' ') + 1)..]}");
        }
    }

    private static string RuntimeFolder => RuntimeEnvironment.GetRuntimeDirectory();

    private static string CommandIn(string folder)
    {
        string quoted = $"'{folder.Replace("'", "'\\''", StringComparison.Ordinal)}'";
        return $"cat {string.Join(' ', DemoFiles.Names.Select(name => $"{quoted}/{name}"))}";
    }

    [GeneratedRegex("[0-9]+ by sendfile, [0-9]+ spliced, [0-9]+ copied")]
    private static partial Regex BytesInTotals();
}

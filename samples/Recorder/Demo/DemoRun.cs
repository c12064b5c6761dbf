using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Spectre.Console;

namespace Zerocopy.Samples.Recorder;

/// <summary>The demo's processes: a client, a recorder that uses the kernel and one that copies, a camera; and what
/// goes through them.</summary>
internal sealed partial class DemoRun(long streamBytes, string? spoil) : IDemo<DemoRun.Pass>
{
    private const string FileName = "camera.bin";

    /// <summary>What one pass measured; the recorder's CPU time is that of its process, user and kernel.</summary>
    /// <param name="Seconds">How long the stream took.</param>
    /// <param name="CpuSeconds">The recorder's CPU for it.</param>
    internal readonly record struct Pass(double Seconds, double CpuSeconds);

    /// <summary>One of the writes that each byte takes.</summary>
    /// <param name="InKernel">Bytes spliced or teed.</param>
    /// <param name="Copied">Bytes written from memory.</param>
    private readonly record struct Hop(long InKernel, long Copied)
    {
        internal double Share => (double)InKernel / (InKernel + Copied);
    }

    private readonly DirectoryInfo[] _folders =
        [.. Enumerable.Range(0, 2).Select(_ => Directory.CreateTempSubdirectory("recorder-demo-"))];

    private readonly ChildProcess?[] _recorders = new ChildProcess[2];
    private readonly int[] _ports = new int[2];
    private ChildProcess? _client;
    private ChildProcess? _camera;

    public long PassBytes => streamBytes;

    public async Task StartAsync(CancellationToken token)
    {
        _client = new ChildProcess(Demo.ClientCommand, Demo.SpoilOption, (spoil == "client").ToString());
        _camera = new ChildProcess(Demo.CameraCommand);
        string target = $"127.0.0.1:{await _client!.ReadLineAsync(token).ConfigureAwait(false)}";
        for (int i = 0; i < _recorders.Length; i++)
        {
            _recorders[i] = new ChildProcess(
                "--until-input-ends", "--listen", "127.0.0.1:0", "--connect", target,
                "--record", Path.Combine(_folders[i].FullName, FileName), "--copy-only", (i == 1).ToString());
            string address = (await _recorders[i]!.ReadLineAsync(token).ConfigureAwait(false)).Split(' ', ',')[2];
            _ports[i] = IPEndPoint.Parse(address).Port;
        }
    }

    public async Task CheckAsync(bool copyOnly, Action<long> onProgress, CancellationToken token)
    {
        (_, _, string sent, string got) =
            await MoveAsync(copyOnly, CameraPeers.Hashed, onProgress, token).ConfigureAwait(false);
        if (sent != got)
        {
            throw new InvalidDataException($"SHA-256: the camera sent {sent}, the client got {got}.");
        }

        string file = Path.Combine(_folders[copyOnly ? 1 : 0].FullName, FileName);
        if (spoil == "recording")
        {
            using FileStream recording = new(file, FileMode.Open);
            recording.SetLength(recording.Length - 1);
        }

        await CheckRecordingAsync(file, sent, token).ConfigureAwait(false);
        File.Delete(file);
    }

    public async Task<Pass> MeasureAsync(bool copyOnly, Action<long> onProgress, CancellationToken token)
    {
        (double seconds, double cpuSeconds, _, _) =
            await MoveAsync(copyOnly, CameraPeers.Counted, onProgress, token).ConfigureAwait(false);
        foreach (FileInfo recording in _folders[copyOnly ? 1 : 0].GetFiles())
        {
            recording.Delete(); // Eight of them would be much.
        }

        return new Pass(seconds, cpuSeconds);
    }

    public async Task ShowAsync(IReadOnlyList<Pass> zeroCopy, IReadOnlyList<Pass> copied, CancellationToken token)
    {
        Table table = new();
        _ = table.AddColumns("route", "teed", "spliced to file", "spliced to socket", "MB/s", "recorder CPU s/GB",
            "one core carries");
        Measured kernel = await AddRowAsync(0, "zero-copy", zeroCopy).ConfigureAwait(false);
        Measured copy = await AddRowAsync(1, "copy", copied).ConfigureAwait(false);
        AnsiConsole.Write(table);
        AnsiConsole.WriteLine("The client got and the disk has what the camera sent, on either route: all SHA-256 "
            + "agree.");
        foreach (string line in new Verdict("recorder", "zero-copy").Of(kernel, copy))
        {
            AnsiConsole.WriteLine(line);
        }

        async Task<Measured> AddRowAsync(int route, string name, IReadOnlyList<Pass> passes)
        {
            (Hop sockets, Hop tees, Hop files) = await EndAsync(_recorders[route]!, token).ConfigureAwait(false);
            Measured measured = new(
                new Series(passes.Select(pass => streamBytes / 1e6 / pass.Seconds)),
                new Series(passes.Select(pass => pass.CpuSeconds / (streamBytes / 1e9))),
                (sockets.Share + tees.Share + files.Share) / 3);
            _ = table.AddRow(name, $"{tees.Share:P0}", $"{files.Share:P0}", $"{sockets.Share:P0}",
                $"{measured.Speed.Median:F0}", $"{measured.Cpu.Median:F3}", measured.OfOneCore);
            return measured;
        }
    }

    public void Dispose()
    {
        _camera?.Dispose();
        _client?.Dispose();
        Array.ForEach(_recorders, child => child?.Dispose());
        Array.ForEach(_folders, folder => folder.Delete(recursive: true));
    }

    private async Task<(double Seconds, double CpuSeconds, string Sent, string Got)> MoveAsync(
        bool copyOnly, string how, Action<long> onProgress, CancellationToken token)
    {
        int route = copyOnly ? 1 : 0;
        double before = await _recorders[route]!.AskCpuAsync(token).ConfigureAwait(false);
        _client!.WriteLine(how);
        _camera!.WriteLine($"{how} {_ports[route]} {streamBytes}");
        string[] got;
        while ((got = (await _client!.ReadLineAsync(token).ConfigureAwait(false)).Split(' '))[0] != "got")
        {
            onProgress(long.Parse(got[1], CultureInfo.InvariantCulture));
        }

        string[] done = (await _camera!.ReadLineAsync(token).ConfigureAwait(false)).Split(' ');
        double cpuSeconds = await _recorders[route]!.AskCpuAsync(token).ConfigureAwait(false) - before;
        return long.Parse(got[1], CultureInfo.InvariantCulture) == streamBytes
            ? (double.Parse(done[1], CultureInfo.InvariantCulture), cpuSeconds, done[2], got[2])
            : throw new InvalidDataException($"The camera sent {streamBytes} bytes, the client got {got[1]}.");
    }

    private static async Task CheckRecordingAsync(string path, string sent, CancellationToken token)
    {
        using FileStream recording = File.OpenRead(path);
        string there = Convert.ToHexStringLower(await SHA256.HashDataAsync(recording, token).ConfigureAwait(false));
        if (there != sent)
        {
            throw new InvalidDataException(
                $"SHA-256: the camera sent {sent}, the recording of {recording.Length} bytes has {there}.");
        }
    }

    private static async Task<(Hop Sockets, Hop Tees, Hop Files)> EndAsync(
        ChildProcess recorder, CancellationToken token)
    {
        string totals = await recorder.EndAsync(token).ConfigureAwait(false);
        Match bytes = BytesInTotals().Match(totals);
        return bytes.Success ? (HopOf("sockets"), HopOf("tees"), HopOf("files"))
            : throw new InvalidDataException($"The recorder printed no totals: {totals}");

        Hop HopOf(string hop) => new(Number(hop, 0), Number(hop, 1));

        long Number(string hop, int index)
            => long.Parse(bytes.Groups[hop].Captures[index].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex("sockets: (?<sockets>[0-9]+) spliced, (?<sockets>[0-9]+) copied; "
        + "to tees: (?<tees>[0-9]+) teed, (?<tees>[0-9]+) copied; "
        + "to files: (?<files>[0-9]+) spliced, (?<files>[0-9]+) copied")]
    private static partial Regex BytesInTotals();
}

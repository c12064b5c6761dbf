using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Zerocopy.Samples.Recorder;

/// <summary>One pass of the demo: a camera, a recorder and a client; what was sent, what arrived and what is on disk
/// are compared.</summary>
internal sealed partial class DemoRun
{
    private const long WarmUpBytes = 16 * 1024 * 1024;

    /// <summary>What was measured; the recorder's CPU time is that of its process, user and kernel.</summary>
    /// <param name="Seconds">How long the stream took.</param>
    /// <param name="CpuSeconds">The recorder's CPU for it.</param>
    /// <param name="Sockets">Bytes to the client, by the recorder's own count.</param>
    /// <param name="Tees">Bytes to the recording's pipe: teed, copied.</param>
    /// <param name="Files">Bytes to the file.</param>
    internal readonly record struct Figures(double Seconds, double CpuSeconds, Hop Sockets, Hop Tees, Hop Files);

    /// <summary>One of the three writes that each byte takes.</summary>
    /// <param name="InKernel">Bytes spliced or teed.</param>
    /// <param name="Copied">Bytes written from memory.</param>
    internal readonly record struct Hop(long InKernel, long Copied);

    /// <exception cref="InvalidDataException">What was sent, what arrived and what was recorded are not the
    /// same.</exception>
    internal static async Task<Figures> RunAsync(
        bool copyOnly, string? spoil, long streamBytes, Action<long> onProgress, CancellationToken token)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("recorder-demo-");
        try
        {
            string file = Path.Combine(folder.FullName, "camera.bin");
            return await RunAsync(file, copyOnly, spoil, streamBytes, onProgress, token).ConfigureAwait(false);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<Figures> RunAsync(
        string file, bool copyOnly, string? spoil, long streamBytes, Action<long> onProgress, CancellationToken token)
    {
        using ChildProcess client = new(Demo.ClientCommand, Demo.SpoilOption, (spoil == "client").ToString());
        string target = $"127.0.0.1:{await client.ReadLineAsync(token).ConfigureAwait(false)}";
        using ChildProcess recorder = new(
            "--until-input-ends", "--listen", "127.0.0.1:0", "--record", file, "--connect", target,
            "--copy-only", copyOnly.ToString());
        string address = (await recorder.ReadLineAsync(token).ConfigureAwait(false)).Split(' ', ',')[2];
        using ChildProcess camera = new(Demo.CameraCommand, IPEndPoint.Parse(address).Port.ToString());

        // A short stream first: by the time of the measured one the recorder's code is compiled.
        (_, _, string firstHash) = await MeasureAsync(WarmUpBytes).ConfigureAwait(false);
        (double seconds, double cpuSeconds, string hash) = await MeasureAsync(streamBytes).ConfigureAwait(false);
        string totals = await recorder.EndAsync(token).ConfigureAwait(false);
        string second = file.Replace(".bin", "-2.bin", StringComparison.Ordinal);
        if (spoil == "recording")
        {
            using FileStream recording = new(second, FileMode.Open);
            recording.SetLength(recording.Length - 1);
        }

        await CheckRecordingAsync(file, firstHash, token).ConfigureAwait(false);
        await CheckRecordingAsync(second, hash, token).ConfigureAwait(false);
        Match bytes = BytesInTotals().Match(totals);
        return bytes.Success
            ? new Figures(seconds, cpuSeconds, HopOf("sockets"), HopOf("tees"), HopOf("files"))
            : throw new InvalidDataException($"The recorder printed no totals: {totals}");

        Hop HopOf(string hop) => new(Number(hop, 0), Number(hop, 1));

        long Number(string hop, int index) => long.Parse(bytes.Groups[hop].Captures[index].Value);

        async Task<(double Seconds, double CpuSeconds, string Hash)> MeasureAsync(long length)
        {
            TimeSpan before = recorder.CpuTime;
            camera.WriteLine(length.ToString());
            string[] got;
            while ((got = (await client.ReadLineAsync(token).ConfigureAwait(false)).Split(' '))[0] != "got")
            {
                onProgress(long.Parse(got[1]));
            }

            string[] done = (await camera.ReadLineAsync(token).ConfigureAwait(false)).Split(' ');
            double cpuSeconds = (recorder.CpuTime - before).TotalSeconds;
            return (done[2], done[3]) == (got[1], got[2])
                ? (double.Parse(done[1], CultureInfo.InvariantCulture), cpuSeconds, done[2])
                : throw new InvalidDataException($"SHA-256: the camera sent {done[2]}, the client got {got[1]}.");
        }
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

    [GeneratedRegex("sockets: (?<sockets>[0-9]+) spliced, (?<sockets>[0-9]+) copied; "
        + "to tees: (?<tees>[0-9]+) teed, (?<tees>[0-9]+) copied; "
        + "to files: (?<files>[0-9]+) spliced, (?<files>[0-9]+) copied")]
    private static partial Regex BytesInTotals();
}

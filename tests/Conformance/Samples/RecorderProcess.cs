// samples/Recorder as a process of its own, and the folder it records in.
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Samples;

/// <summary>Bytes by hop and mechanism, as a recorder tells at its end.</summary>
internal readonly record struct RecorderTotals(
    long SocketsSpliced, long SocketsCopied, long Teed, long TeesCopied, long FilesSpliced, long FilesCopied);

internal sealed partial class RecorderProcess : IDisposable
{
    private readonly ProxyProcess _process;

    private RecorderProcess(ProxyProcess process) => _process = process;

    internal string FirstLine => _process.FirstLine;

    internal ProxyProcess Process => _process;

    /// <summary>Starts a recorder to <paramref name="target"/> and returns when it listens.</summary>
    internal static Task<RecorderProcess> Listen(EndPoint target, string file, params string[] options)
        => Start("127.0.0.1:0", target, file, options);

    /// <inheritdoc cref="Listen"/>
    internal static async Task<RecorderProcess> Start(
        string address, EndPoint target, string file, params string[] options)
    {
        string[] arguments =
            ["--listen", address, "--connect", ProxyProcess.Text(target), "--record", file, .. options];
        return new RecorderProcess(await ProxyProcess.StartSample("Recorder", null, arguments));
    }

    /// <summary>Runs it to its end.</summary>
    internal static Task<Ended> Run(params string[] arguments) => ProxyProcess.RunSample("Recorder", arguments);

    /// <summary>A camera sends so many bytes of the pattern through it, and a viewer compares them.</summary>
    internal async Task Stream(Socket upstream, long bytes, Pattern? pattern = null)
    {
        using Socket camera = _process.Connect();
        using Socket viewer = await Deadline.OnThread(upstream.Accept).Within("the connection");
        Task<long> writer = Peer.Write(camera, bytes, chunk: 512 * 1024, pattern: pattern);
        await Peer.AssertAll(bytes, writer, Peer.Read(viewer, pattern: pattern));
        viewer.Shutdown(SocketShutdown.Send);
        Assert.Equal(new Received(0, SocketError.Success), await Peer.Read(camera).Within("the end of the relay"));
    }

    internal Task<Ended> Stop() => _process.Stop();

    internal static RecorderTotals Totals(Ended ended)
    {
        Match match = TotalsLine().Match(ended.Output);
        Assert.True(match.Success, ended.Output);
        return new RecorderTotals(Number(1), Number(2), Number(3), Number(4), Number(5), Number(6));

        long Number(int group) => long.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);
    }

    public void Dispose() => _process.Dispose();

    [GeneratedRegex("bytes to sockets: ([0-9]+) spliced, ([0-9]+) copied; to tees: ([0-9]+) teed, ([0-9]+) copied; "
        + "to files: ([0-9]+) spliced, ([0-9]+) copied\n$")]
    private static partial Regex TotalsLine();
}

/// <summary>A folder that goes with its test.</summary>
internal sealed class TempFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("recorder-test-");

    internal string PathOf(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>The names of the files, in order.</summary>
    internal string[] Files => [.. _folder.GetFiles().Select(file => file.Name).Order(StringComparer.Ordinal)];

    /// <summary>Fails unless the files, one after the other, are so many bytes of the pattern.</summary>
    internal void AssertStream(long bytes, Pattern? pattern, params string[] names)
    {
        long position = 0;
        foreach (string name in names)
        {
            byte[] content = File.ReadAllBytes(PathOf(name));
            (pattern ?? Pattern.Default).AssertEqual(content, position);
            position += content.Length;
        }

        Assert.Equal(bytes, position);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}

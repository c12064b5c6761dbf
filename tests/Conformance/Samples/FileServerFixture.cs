// samples/FileServer as a process of its own, with a folder to serve and one beside it that it must not serve.
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Samples;

/// <summary>Bytes by mechanism, as a server tells at its end.</summary>
internal readonly record struct ServerTotals(long Sendfile, long Spliced, long Copied);

public sealed partial class FileServerFixture : IAsyncLifetime
{
    internal const int BigBytes = (3 * 1024 * 1024) + 17;
    internal const int PutBytesMax = 4 * 1024 * 1024;
    internal const string Secret = "nobody may read this";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fileserver-test-");

    public FileServerFixture()
    {
        _ = Directory.CreateDirectory(PathOf("sub"));
        _ = Directory.CreateDirectory(Outside);
        File.WriteAllBytes(PathOf("big.bin"), Pattern.Default.Bytes(0, BigBytes));
        File.WriteAllText(PathOf("small.txt"), "0123456789");
        File.WriteAllText(PathOf("empty.html"), "");
        File.WriteAllText(PathOf("with space.css"), "a {}");
        File.WriteAllText(PathOf("sub/inner.json"), "{}");
        File.WriteAllText(PathOf(".put-half"), "half");
        File.WriteAllText(Path.Combine(Outside, "secret.txt"), Secret);
    }

    internal string Root => Path.Combine(_folder.FullName, "root");

    /// <summary>Its name begins like that of the served one.</summary>
    internal string Outside => Path.Combine(_folder.FullName, "root-not");

    internal ProxyProcess Server { get; private set; } = null!;

    /// <summary>Starts one that all tests of a class share.</summary>
    public async ValueTask InitializeAsync() => Server = await Start(
        "--allow-put", "--put-max", "4MiB", "--head-timeout", "0.5", "--run", "hello=echo hello; echo \"$0 $*\"",
        "--run", "quiet=echo $$; exec sleep 1000");

    /// <summary>Starts another one over the same folder.</summary>
    internal Task<ProxyProcess> Start(params string[] options)
        => ProxyProcess.StartSample("FileServer", null, ["--listen", "127.0.0.1:0", "--root", Root, .. options]);

    internal string PathOf(string name) => Path.Combine(Root, name);

    internal HttpPeer Connect() => new(Server.Connect());

    /// <summary>One request on a connection of its own.</summary>
    internal async Task<Answer> Ask(string request, params string[] fields)
    {
        using HttpPeer client = Connect();
        return await client.Ask(request, fields);
    }

    /// <summary>Makes a FIFO there.</summary>
    internal void MakeFifo(string name)
    {
        using Process process = Process.Start("mkfifo", PathOf(name));
        Assert.True(process.WaitForExit(Deadline.Ms));
        Assert.Equal(0, process.ExitCode);
    }

    internal static ServerTotals Totals(Ended ended)
    {
        Match match = TotalsLine().Match(ended.Output);
        Assert.True(match.Success, ended.Output);
        return new ServerTotals(Number(1), Number(2), Number(3));

        long Number(int group) => long.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);
    }

    public ValueTask DisposeAsync()
    {
        Server.Dispose();
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    [GeneratedRegex("bytes: ([0-9]+) by sendfile, ([0-9]+) spliced, ([0-9]+) copied\n$")]
    private static partial Regex TotalsLine();
}

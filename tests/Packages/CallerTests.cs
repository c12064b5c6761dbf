using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Zerocopy.Packages;

/// <summary>Every form of a call compiles in each language and for each framework that the packages say they are for;
/// and the programs run, on the runtime that is here.</summary>
public sealed partial class CallerTests(CallerTests.Built built) : IClassFixture<CallerTests.Built>
{
    private const int Sent = 12; // As the programs have it.

    private static readonly string[] s_ends =
        ["FileStream", "NetworkStream", "Pipe", "SafeFileHandle", "Socket", "TcpClient"];

    private static readonly string[] s_otherEnds =
        ["Socket", "TcpClient", "TransferEndpoint", "Pipe", "SafeFileHandle"];

    [Theory]
    [InlineData("net8.0")]
    [InlineData("net9.0")]
    [InlineData("net10.0")]
    public async Task CSharp_of_each_framework_calls_from_each_end(string framework)
    {
        string[] said = await built.RunAsync("CSharp", framework);
        Assert.Equal([.. s_ends.Append("TransferToAsync").Select(Moved)], said.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("FSharp")]
    [InlineData("VisualBasic")]
    public async Task Other_languages_call_too(string language)
    {
        string[] said = await built.RunAsync(language, "net8.0");
        Assert.Equal([.. s_otherEnds.Select(Moved)], said);
    }

    /// <summary>The one that docs/fsharp-and-vb.md has.</summary>
    [Theory]
    [InlineData("FSharpProxy")]
    [InlineData("VisualBasicProxy")]
    public async Task The_proxy_of_the_page_relays(string project)
    {
        using Socket upstream = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        upstream.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        upstream.Listen();
        using Process proxy = built.Start(project, "net10.0", "127.0.0.1:0", upstream.LocalEndPoint!.ToString()!);
        try
        {
            string listening = await SaidAsync(proxy);
            Assert.StartsWith("listening on ", listening, StringComparison.Ordinal);
            await AskAsync(IPEndPoint.Parse(listening["listening on ".Length..]), upstream);
            Assert.Contains("EndOfStream", await SaidAsync(proxy), StringComparison.Ordinal);
        }
        finally
        {
            proxy.Kill();
        }
    }

    private static string Moved(string end) => $"{end} {Sent}";

    private static async Task AskAsync(IPEndPoint proxy, Socket upstream)
    {
        using TcpClient client = new();
        await client.ConnectAsync(proxy, TestContext.Current.CancellationToken);
        using Socket behind = await upstream.AcceptAsync(TestContext.Current.CancellationToken);
        using NetworkStream asking = client.GetStream(), answering = new(behind);
        await asking.WriteAsync("question"u8.ToArray(), TestContext.Current.CancellationToken);
        client.Client.Shutdown(SocketShutdown.Send);
        Assert.Equal("question", await ReadAsync(answering));
        await answering.WriteAsync("answer"u8.ToArray(), TestContext.Current.CancellationToken);
        behind.Shutdown(SocketShutdown.Send);
        Assert.Equal("answer", await ReadAsync(asking));
    }

    private static async Task<string> ReadAsync(NetworkStream stream)
    {
        using MemoryStream all = new();
        await stream.CopyToAsync(all, TestContext.Current.CancellationToken);
        return Encoding.ASCII.GetString(all.GetBuffer(), 0, (int)all.Length);
    }

    private static async Task<string> SaidAsync(Process process)
        => await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask()
            .WaitAsync(TimeSpan.FromSeconds(30))
            ?? throw new InvalidOperationException(await process.StandardError.ReadToEndAsync());

    /// <summary>All programs, built once, side by side.</summary>
    public sealed partial class Built(PackedFixture packed) : IAsyncLifetime
    {
        private readonly Workplace _place = new();

        public async ValueTask InitializeAsync()
        {
            _place.Adopt("Callers", packed.Feed, alone: false);
            string template = await File.ReadAllTextAsync(_place.PathOf("CSharp", "Calls.template"));
            foreach (string end in s_ends)
            {
                await File.WriteAllTextAsync(
                    _place.PathOf("CSharp", $"Calls.{end}.cs"),
                    template.Replace("$End$", end, StringComparison.Ordinal));
            }

            string page = await File.ReadAllTextAsync(SourceTree.PathOf("docs", "fsharp-and-vb.md"));
            await WriteBlockAsync(page, "fsharp", _place.PathOf("FSharpProxy", "Program.fs"));
            await WriteBlockAsync(page, "vb", _place.PathOf("VisualBasicProxy", "Program.vb"));
            try
            {
                string said = await _place.MustAsync(
                    "dotnet", "build", "Callers.slnx", "-c", "Release", $"-p:ZerocopyVersion={packed.Version}");
                Assert.Contains(" 0 Warning(s)", said, StringComparison.Ordinal);
            }
            finally
            {
                packed.UninstallAtTheEnd(_place.PathOf("CSharp", "obj", "project.assets.json"));
            }
        }

        public ValueTask DisposeAsync()
        {
            _place.Dispose();
            return ValueTask.CompletedTask;
        }

        internal async Task<string[]> RunAsync(string project, string framework)
            => (await _place.MustAsync("dotnet", PathOf(project, framework)))
                .Split('\n', StringSplitOptions.RemoveEmptyEntries);

        internal Process Start(string project, string framework, params string[] arguments)
            => _place.Start("dotnet", [PathOf(project, framework), .. arguments]);

        private string PathOf(string project, string framework)
            => _place.PathOf(project, "bin", "Release", framework, $"{project}.dll");

        private static Task WriteBlockAsync(string page, string language, string path)
            => File.WriteAllTextAsync(
                path,
                Block().Matches(page).Single(block => block.Groups["language"].Value == language).Groups["code"].Value);

        [GeneratedRegex("^```(?<language>\\w+)\n(?<code>.*?)^```\n", RegexOptions.Multiline | RegexOptions.Singleline)]
        private static partial Regex Block();
    }
}

using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Zerocopy.Packages;

/// <summary>What a stranger does first, as a script: a new project, the package, the proxy of the README or of the page
/// of his language, and then what goes wrong on a first day.</summary>
public sealed partial class FirstTenMinutesTests(FirstTenMinutesTests.Projects projects)
    : IClassFixture<FirstTenMinutesTests.Projects>
{
    // At rest it has 59 open: decision 0029.
    private const int DescriptorsMax = 72;
    private const int Clients = 60;

    [Theory]
    [InlineData("Net8")]
    [InlineData("Net9")]
    [InlineData("Net10")]
    [InlineData("FSharp")]
    [InlineData("VisualBasic")]
    public async Task The_proxy_that_was_pasted_behaves(string project)
    {
        (int port, int targetPort) = projects.PortsOf(project);
        using AnsweringTarget target = new(targetPort);
        using PastedProxy proxy = new(projects.Start(project, DescriptorsMax), port);
        await proxy.SaysAsync("listening on"); // Not by a connection, which would be one more that ends.

        // More connections than there are descriptors for: they wait for their turn, and all of them are served.
        string[] questions = [.. Enumerable.Range(0, Clients).Select(static i => $"question {i}")];
        string[] answers = await Task.WhenAll(questions.Select(proxy.AskAsync));
        Assert.Equal(questions.Select(AnsweringTarget.AnswerTo), answers);
        await proxy.SaysAsync("all that the limit of open files allows");
        await proxy.SaysAsync("EndOfStream", times: Clients);

        // Nobody listens at the target: that is said, and it goes on as soon as somebody does.
        target.Stop();
        Assert.Equal("", await proxy.AskAsync("anybody there?"));
        await proxy.SaysAsync("ECONNREFUSED");
        target.Listen();
        Assert.Equal(AnsweringTarget.AnswerTo("again"), await proxy.AskAsync("again"));

        // Ctrl-C lets who is there end first, takes nobody else, and is a success.
        using TcpClient last = await proxy.ConnectAsync();
        await last.GetStream().WriteAsync("last"u8.ToArray(), TestContext.Current.CancellationToken);
        await target.HearsAsync("last");
        await proxy.InterruptAsync();
        await proxy.RefusesAsync();
        Assert.Equal(AnsweringTarget.AnswerTo("last"), await PastedProxy.AnswerAsync(last));
        Assert.Equal(0, await proxy.ExitAsync());
        await proxy.SaysAsync("EndOfStream", times: Clients + 2);
    }

    /// <summary>Made as the documents say, one for each language and framework, and built.</summary>
    public sealed partial class Projects(PackedFixture packed) : IAsyncLifetime
    {
        // Only the package is tried: not advisories, nor translations, nor this machine's ICU. The runtime of an older
        // framework is hardly there, and the one that is runs them all.
        private const string Properties = "<NuGetAudit>false</NuGetAudit><RollForward>Major</RollForward>"
            + "<InvariantGlobalization>true</InvariantGlobalization>"
            + "<SatelliteResourceLanguages>en</SatelliteResourceLanguages>";

        private static readonly Project[] s_projects =
        [
            new("Net8", "C#", "net8.0", "README.md"),
            new("Net9", "C#", "net9.0", "README.md"),
            new("Net10", "C#", "net10.0", "README.md"),
            new("FSharp", "F#", "net10.0", "docs/fsharp-and-vb.md"),
            new("VisualBasic", "VB", "net10.0", "docs/fsharp-and-vb.md"),
        ];

        private readonly Workplace _place = new();

        public async ValueTask InitializeAsync()
        {
            _place.UseFeed(packed.Feed, alone: false, Properties);
            try
            {
                foreach (Project project in s_projects)
                {
                    await MakeAsync(project);
                }

                await File.WriteAllTextAsync(
                    _place.PathOf("All.slnx"),
                    $"<Solution>{string.Concat(s_projects.Select(static project => project.Element))}</Solution>");
                string said = await _place.MustAsync("dotnet", "build", "All.slnx");
                Assert.Contains(" 0 Warning(s)", said, StringComparison.Ordinal);
            }
            finally
            {
                packed.UninstallAtTheEnd(_place.PathOf(s_projects[0].Name, "obj", "project.assets.json"));
            }
        }

        public ValueTask DisposeAsync()
        {
            _place.Dispose();
            return ValueTask.CompletedTask;
        }

        /// <summary>Where it listens, and where its target does: written into the program. Not where the kernel gives
        /// ports to others.</summary>
        internal (int Port, int TargetPort) PortsOf(string project)
        {
            int i = Array.FindIndex(s_projects, made => made.Name == project);
            return (18_080 + i, 19_000 + i);
        }

        internal System.Diagnostics.Process Start(string name, int descriptorsMax)
        {
            Project project = s_projects.Single(made => made.Name == name);
            string program = $"{name}/bin/Debug/{project.Framework}/{name}.dll";
            return _place.Start("bash", "-c", $"ulimit -n {descriptorsMax} && exec dotnet {program}");
        }

        private async Task MakeAsync(Project project)
        {
            await _place.MustAsync(
                "dotnet", "new", "console", "--language", project.Language, "--output", project.Name, "--no-restore");
            string file = _place.PathOf(project.Name, project.File);
            string made = await File.ReadAllTextAsync(file); // For the newest framework: the templates know no other.
            await File.WriteAllTextAsync(file, TargetFramework().Replace(made, project.Framework));
            await _place.MustAsync(
                "dotnet", "add", project.Name, "package", "Zerocopy.Server", "--version", packed.Version);

            string page = await File.ReadAllTextAsync(SourceTree.PathOf(project.Page.Split('/')));
            (int port, int targetPort) = PortsOf(project.Name);
            string code = Block().Matches(page).First(block => block.Groups["language"].Value == project.Tag)
                .Groups["code"].Value;
            Assert.Contains("\":8080\"", code, StringComparison.Ordinal);
            Assert.Contains("\"127.0.0.1:9000\"", code, StringComparison.Ordinal);
            await File.WriteAllTextAsync(
                _place.PathOf(project.Name, $"Program.{project.Extension}"),
                code.Replace(":8080", $":{port}", StringComparison.Ordinal)
                    .Replace(":9000", $":{targetPort}", StringComparison.Ordinal));
        }

        [GeneratedRegex("^```(?<language>\\w+)\n(?<code>.*?)^```\n", RegexOptions.Multiline | RegexOptions.Singleline)]
        private static partial Regex Block();

        [GeneratedRegex("(?<=<TargetFramework>)[^<]+")]
        private static partial Regex TargetFramework();

        private sealed record Project(string Name, string Language, string Framework, string Page)
        {
            internal string Extension => Language switch { "C#" => "cs", "F#" => "fs", _ => "vb" };

            /// <summary>Of the language, in a page.</summary>
            internal string Tag => Language switch { "C#" => "csharp", "F#" => "fsharp", _ => "vb" };

            internal string File => $"{Name}.{Extension}proj";

            internal string Element => $"<Project Path=\"{Name}/{File}\" />";
        }
    }
}

namespace Zerocopy.Packages;

/// <summary>Every form of a call compiles in each language and for each framework that the packages say they are for;
/// and the programs run, on the runtime that is here.</summary>
public sealed class CallerTests(CallerTests.Built built) : IClassFixture<CallerTests.Built>
{
    private const int Sent = 12; // As the programs have it.

    private static readonly string[] s_ends =
        ["FileStream", "NetworkStream", "Pipe", "SafeFileHandle", "Socket", "TcpClient"];

    private static readonly string[] s_otherEnds =
        ["Socket", "TcpClient", "TransferEndpoint", "Pipe", "SafeFileHandle", "PipeReader"];

    [Theory]
    [InlineData("net8.0")]
    [InlineData("net9.0")]
    [InlineData("net10.0")]
    public async Task CSharp_of_each_framework_calls_from_each_end(string framework)
    {
        string[] said = await built.RunAsync("CSharp", framework);
        IEnumerable<string> ends = [.. s_ends, "PipeReader", "TransferToAsync"];
        Assert.Equal(ends.Select(Moved).Order(StringComparer.Ordinal), said.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("FSharp")]
    [InlineData("VisualBasic")]
    public async Task Other_languages_call_too(string language)
    {
        string[] said = await built.RunAsync(language, "net8.0");
        Assert.Equal(s_otherEnds.Select(Moved), said);
    }

    private static string Moved(string end) => $"{end} {Sent}";

    /// <summary>All programs, built once, side by side.</summary>
    public sealed class Built(PackedFixture packed) : IAsyncLifetime
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

        private string PathOf(string project, string framework)
            => _place.PathOf(project, "bin", "Release", framework, $"{project}.dll");
    }
}

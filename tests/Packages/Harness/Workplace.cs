using System.ComponentModel;
using System.Diagnostics;

namespace Zerocopy.Packages;

/// <summary>A folder outside the repository, as a user has one: nothing of ours reaches into it.</summary>
internal sealed class Workplace : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(360);

    internal string Root { get; } = Directory.CreateTempSubdirectory("zerocopy-packages-").FullName;

    /// <summary>Packages that are installed here are unpacked here, not where the user's others are.</summary>
    internal bool KeepsPackages { get; init; }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    internal string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>Makes this a project with the sources of packages that it may use.</summary>
    /// <param name="folder">Of this test project: copied.</param>
    /// <param name="feed">The folder with the packages that the project installs.</param>
    /// <param name="alone">No other source: otherwise the user's own remain.</param>
    internal void Adopt(string folder, string feed, bool alone)
    {
        string source = SourceTree.PathOf("tests", "Packages", folder);
        foreach (string file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            string copy = PathOf(Path.GetRelativePath(source, file));
            _ = Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        UseFeed(feed, alone);
    }

    /// <summary>Has the projects here install packages from a folder.</summary>
    /// <inheritdoc cref="Adopt"/>
    internal void UseFeed(string feed, bool alone, string properties = "")
    {
        File.WriteAllText(PathOf("nuget.config"), $"""
            <configuration>
              <packageSources>
                {(alone ? "<clear />" : "")}
                <add key="feed" value="{feed}" />
              </packageSources>
            </configuration>
            """);
        File.WriteAllText(
            PathOf("Directory.Build.props"), $"<Project><PropertyGroup>{properties}</PropertyGroup></Project>");
        File.WriteAllText(PathOf(".editorconfig"), "root = true\n");
    }

    /// <summary>Runs a program here to its end.</summary>
    internal async Task<(int ExitCode, string Output)> RunAsync(string program, params string[] arguments)
    {
        using CancellationTokenSource patience =
            CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(s_patience);
        using Process process = Start(program, arguments);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(patience.Token);
            Task<string> errors = process.StandardError.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return (process.ExitCode, await output + await errors);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>Starts a program here. Whoever starts it ends it.</summary>
    internal Process Start(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        if (KeepsPackages)
        {
            start.Environment["NUGET_PACKAGES"] = PathOf("packages");
        }

        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1"; // Nothing outlives the test.
        start.Environment["MSBUILDTERMINALLOGGER"] = "off";
        start.Environment["UseSharedCompilation"] = "false";
        Process process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    internal async Task<string> MustAsync(string program, params string[] arguments)
    {
        (int exitCode, string output) = await RunAsync(program, arguments);
        Assert.True(exitCode == 0, $"{program} {string.Join(' ', arguments)}: {exitCode}\n{output}");
        return output;
    }

    /// <summary>False if there is no such program on this machine.</summary>
    internal async Task<bool> HasAsync(string program)
    {
        try
        {
            return (await RunAsync(program, "--version")).ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}

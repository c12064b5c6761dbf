// Puts one known bug after the other into a copy of the library, and asks whether a property test notices.
// Run by `eng/check.sh mutants`. Each file of eng/mutants is one bug: `killer: CLASS` names the tests that must fail,
// and each `file:`, `--- was`, `--- becomes` an exact text that has to occur once, and what takes its place.
// One line a bug; the last line is `N passed, N failed`: killed, survived. Arguments: the names of some of them.
#:property PublishAot=false
#:property NoWarn=$(NoWarn);CS1591

using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

const int KillSeconds = 120;
const int BuildSeconds = 600; // On a busy machine.
const int MutantsCount = 47;
const string Schedules = "6000"; // Without a bug: a fifth of a full run.
const string SchedulesToKill = "24000"; // What the rarest of them needs; most are dead within 2,000.
string[] copied =
[
    "src", "tests/Properties", "tests/Conformance/Faults", "tests/Directory.Build.props", "Directory.Build.props",
    "Directory.Packages.props",
    "global.json", ".editorconfig", "eng/BannedSymbols.txt", "README.md", "THIRD-PARTY-NOTICES.md", "nuget.config",
];

string root = FindRoot();
string scratch = Path.Combine(root, "artifacts", "mutants");
string tests = Path.Combine(scratch, "artifacts", "bin", "Properties", "release", "Zerocopy.Properties");
Mutant[] mutants = [.. Directory.EnumerateFiles(Path.Combine(root, "eng", "mutants"), "*.txt")
    .Order(StringComparer.Ordinal).Select(Mutant.Read)];
int killed = 0;
int survived = 0;
if (mutants.Length != MutantsCount)
{
    Report(false, $"{mutants.Length} mutants instead of {MutantsCount}");
}

mutants = [.. mutants.Where(mutant => args.Length == 0 || args.Contains(mutant.Name))];
CopySources();
(int status, string output) = Build(restore: true);
if (status != 0)
{
    Report(false, "the copy does not build:\n" + output);
    return Close();
}

string[] killers = [.. mutants.Select(mutant => mutant.Killer).Distinct()];
(status, output) = Test(killers, KillSeconds * 2);
if (status != 0)
{
    Report(false, "without a bug the tests fail already:\n" + output);
    return Close();
}

foreach (Mutant mutant in mutants)
{
    Judge(mutant);
}

return Close();

void Judge(Mutant mutant)
{
    if (mutant.Apply(scratch, root) is { } problem)
    {
        Report(false, $"{mutant.Name}: {problem}");
        return;
    }

    (int status, string output) = Build(restore: false);
    if (status != 0)
    {
        Report(false, $"{mutant.Name}: does not build\n{output}");
    }
    else
    {
        Stopwatch clock = Stopwatch.StartNew();
        (status, output) = Test([mutant.Killer], KillSeconds, SchedulesToKill);
        Match failed = Rules.FailedTest().Match(output);
        bool isKilled = status != 0 && failed.Success;
        string law = Rules.BrokenLaw().Match(output).Groups["law"].Value;
        string how = isKilled ? $"killed by {failed.Groups["name"].Value}{law}"
            : status < 0 ? "hung, and no test said so" : "survived";
        Report(isKilled, $"{mutant.Name}: {how}, {clock.Elapsed.TotalSeconds:f1} s");
    }

    mutant.Undo(scratch, root);
}

(int Status, string Output) Build(bool restore) => Run(
    "dotnet",
    [
        "build", Path.Combine(scratch, "tests", "Properties", "Properties.csproj"), "-c", "Release", "-v", "quiet",
        "--nologo", "-p:RunAnalyzers=false", "-p:EnforceCodeStyleInBuild=false", "-p:GenerateDocumentationFile=false",
        "-p:TreatWarningsAsErrors=false", "-p:NoWarn=CS1591", .. restore ? (string[])[] : ["--no-restore"],
    ],
    BuildSeconds);

(int Status, string Output) Test(string[] classes, int seconds, string schedules = Schedules) => Run(
    tests,
    [
        "--no-ansi", "--progress", "off", "--stop-on-fail", "on",
        .. classes.SelectMany(name => (string[])["--filter-class", name]),
    ],
    seconds,
    schedules);

(int Status, string Output) Run(string program, string[] arguments, int seconds, string schedules = Schedules)
{
    ProcessStartInfo start = new(program, arguments)
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        WorkingDirectory = scratch,
    };
    start.Environment["ZEROCOPY_SCHEDULES"] = schedules;
    start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
    _ = start.Environment.Remove("ZEROCOPY_SCHEDULE");
    using Process process = Process.Start(start)!;
    Task<string> output = process.StandardOutput.ReadToEndAsync();
    Task<string> errors = process.StandardError.ReadToEndAsync();
    if (!process.WaitForExit(TimeSpan.FromSeconds(seconds)))
    {
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
        return (-1, $"ended after {seconds} s\n{output.Result}{errors.Result}");
    }

    return (process.ExitCode, output.Result + errors.Result);
}

void CopySources()
{
    foreach (string path in copied)
    {
        string from = Path.Combine(root, path);
        string to = Path.Combine(scratch, path);
        if (Directory.Exists(from))
        {
            _ = Directory.CreateDirectory(to);
            foreach (string gone in FilesOf(to).Except(FilesOf(from)))
            {
                File.Delete(Path.Combine(to, gone));
            }

            foreach (string file in FilesOf(from))
            {
                CopyFile(Path.Combine(from, file), Path.Combine(to, file));
            }
        }
        else if (File.Exists(from))
        {
            CopyFile(from, to);
        }
    }
}

static IEnumerable<string> FilesOf(string folder)
    => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(folder, file));

// What has not changed keeps its time, so that it is not built again; what has, and the last mutant of the run before,
// is newer than what was built.
static void CopyFile(string from, string to)
{
    if (File.Exists(to) && File.ReadAllBytes(from).AsSpan().SequenceEqual(File.ReadAllBytes(to)))
    {
        return;
    }

    _ = Directory.CreateDirectory(Path.GetDirectoryName(to)!);
    File.Copy(from, to, overwrite: true);
    File.SetLastWriteTimeUtc(to, DateTime.UtcNow);
}

void Report(bool isKilled, string text)
{
    Console.WriteLine($"{(isKilled ? "ok  " : "FAIL")} {text}");
    killed += isKilled ? 1 : 0;
    survived += isKilled ? 0 : 1;
}

int Close()
{
    Console.WriteLine($"{killed} passed, {survived} failed");
    return survived == 0 && killed > 0 ? 0 : 1;
}

static string FindRoot([CallerFilePath] string here = "")
{
    string? directory = File.Exists("Zerocopy.sln") ? Directory.GetCurrentDirectory() : Path.GetDirectoryName(here);
    while (directory is not null && !File.Exists(Path.Combine(directory, "Zerocopy.sln")))
    {
        directory = Path.GetDirectoryName(directory);
    }

    return directory ?? throw new InvalidOperationException("Zerocopy.sln is not above this file.");
}

internal sealed record Hunk(string File, string Was, string Becomes);

internal sealed record Mutant(string Name, string Killer, Hunk[] Hunks)
{
    internal static Mutant Read(string path)
    {
        string text = File.ReadAllText(path);
        Hunk[] hunks = [.. Rules.Hunk().Matches(text).Select(match => new Hunk(
            match.Groups["file"].Value, match.Groups["was"].Value, match.Groups["becomes"].Value))];
        string killer = Rules.Killer().Match(text).Groups["killer"].Value;
        string name = Path.GetFileNameWithoutExtension(path);
        return hunks.Length > 0 && killer.Length > 0
            ? new Mutant(name, killer, hunks)
            : throw new InvalidDataException($"{path}: no killer, or no text to replace");
    }

    /// <returns>Why it cannot be applied, or null.</returns>
    internal string? Apply(string scratch, string root)
    {
        foreach (Hunk hunk in Hunks)
        {
            string path = Path.Combine(scratch, hunk.File);
            string text = File.ReadAllText(path);
            int times = text.Split(hunk.Was).Length - 1;
            if (times != 1)
            {
                Undo(scratch, root);
                return $"no longer applies: the text occurs {times} times in {hunk.File}";
            }

            File.WriteAllText(path, text.Replace(hunk.Was, hunk.Becomes, StringComparison.Ordinal));
        }

        return null;
    }

    internal void Undo(string scratch, string root)
    {
        foreach (string file in Hunks.Select(hunk => hunk.File).Distinct())
        {
            File.Copy(Path.Combine(root, file), Path.Combine(scratch, file), overwrite: true);
            File.SetLastWriteTimeUtc(Path.Combine(scratch, file), DateTime.UtcNow); // Built again.
        }
    }
}

internal static partial class Rules
{
    [GeneratedRegex(@"^killer: (?<killer>\S+)$", RegexOptions.Multiline)]
    internal static partial Regex Killer();

    [GeneratedRegex(
        @"^file: (?<file>\S+)\n(killer: \S+\n)?--- was\n(?<was>(.*\n)*?)--- becomes\n(?<becomes>(.*\n)*?)(?=file: |\z)",
        RegexOptions.Multiline)]
    internal static partial Regex Hunk();

    [GeneratedRegex(@"^failed (?<name>Zerocopy.*?) \(\d", RegexOptions.Multiline)]
    internal static partial Regex FailedTest();

    [GeneratedRegex(@"LawBrokenException(?<law>: .*)$", RegexOptions.Multiline)]
    internal static partial Regex BrokenLaw();
}

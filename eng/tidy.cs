// Checks the house rules that no compiler or analyzer knows. Run by `eng/check.sh tidy`; prints file:line and the rule.
#:property PublishAot=false
#:property NoWarn=$(NoWarn);CS1591

using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

const int LinesWarn = 300;
const int LinesMax = 500;
const int ColumnsMax = 120;
const string ImportingFiles = "tests/Conformance/Harness/Libc.cs, bench/Micro/Bare.cs"; // Besides Zerocopy.Sys.
const string Self = "eng/tidy.cs";

string root = FindRoot();
int problems = 0;
int files = 0;
EnumerationOptions everything = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };

foreach (string path in Directory.EnumerateFiles(root, "*", everything)
    .Select(path => Path.GetRelativePath(root, path))
    .Where(path => !Rules.Excluded().IsMatch(path))
    .Order(StringComparer.Ordinal))
{
    string extension = Path.GetExtension(path);
    if (!Rules.s_textExtensions.Contains(extension))
    {
        continue;
    }

    files++;
    string text = File.ReadAllText(Path.Combine(root, path));
    string[] lines = text.Split('\n');
    CheckEveryText(path, text, lines);
    if (extension == ".cs")
    {
        CheckSource(path, text, lines);
        CheckInterop(path, text, lines);
    }
    else if (extension == ".md")
    {
        CheckLinks(path, lines);
    }
}

CheckAllowedSkips();
CheckIndex();
Console.WriteLine($"tidy: {files} files, {problems} problems");
return problems == 0 ? 0 : 1;

void Red(string path, int line, string rule)
{
    problems++;
    Console.WriteLine($"{path}:{line}: {rule}");
}

// Reports every line that matches, but for those in the file that states the rule.
void Each(string path, string[] lines, Regex pattern, string rule)
{
    for (int i = 0; i < lines.Length && path != Self; i++)
    {
        if (pattern.IsMatch(lines[i]))
        {
            Red(path, i + 1, rule);
        }
    }
}

void CheckEveryText(string path, string text, string[] lines)
{
    Each(path, lines, Rules.Unfinished(), "unfinished work: finish it or file an issue");
    Each(path, lines, Rules.MachinePath(), "a path of somebody's machine");
    Each(path, lines, Rules.ConflictMarker(), "a merge conflict");
    if (text.Contains('\r', StringComparison.Ordinal))
    {
        Red(path, 1, "lines end with LF alone");
    }

    if (text.Length > 0 && text[^1] != '\n')
    {
        Red(path, lines.Length, "no newline at the end of the file");
    }
}

void CheckSource(string path, string text, string[] lines)
{
    int length = text.EndsWith('\n') ? lines.Length - 1 : lines.Length;
    if (length > LinesMax)
    {
        Red(path, length, $"{length} lines, {LinesMax} at most: split it by idea");
    }
    else if (length > LinesWarn)
    {
        Console.WriteLine($"warning: {path} has {length} lines, more than {LinesWarn}");
    }

    for (int i = 0; i < lines.Length; i++)
    {
        // A long address cannot be broken.
        if (lines[i].Length > ColumnsMax && Rules.Address().Replace(lines[i], "").Length > ColumnsMax)
        {
            Red(path, i + 1, $"{lines[i].Length} columns, {ColumnsMax} at most");
        }
    }

    Each(path, lines, Rules.DisabledTest(), "a commented-out test: delete it or make it pass");
    foreach (Match match in Rules.EmptyCatch().Matches(text))
    {
        if (path != Self)
        {
            Red(path, LineOf(text, match.Index), "an empty catch: handle it, or say inside why there is nothing to do");
        }
    }
}

void CheckInterop(string path, string text, string[] lines)
{
    bool isSys = path.StartsWith("src/Zerocopy.Sys/", StringComparison.Ordinal);
    if (isSys && Rules.Import().IsMatch(text) && !text.Contains("man7.org", StringComparison.Ordinal))
    {
        Red(path, 1, "a system call without a link to its page on man7.org");
    }

    if (isSys && !Rules.LeaseDeclaration().IsMatch(text))
    {
        Each(path, lines, Rules.RawHandle(), "a raw handle outside the file that declares FdLease");
    }

    if (!isSys && !ImportingFiles.Split(", ").Contains(path))
    {
        Each(path, lines, Rules.Import(), $"interop outside src/Zerocopy.Sys, {ImportingFiles}");
        string[] own = [.. lines.Select((line, i) => // An accessor is extern and calls nothing native.
            i > 0 && lines[i - 1].Contains("[UnsafeAccessor(", StringComparison.Ordinal) ? string.Empty : line)];
        Each(path, own, Rules.NativeCode(), $"interop outside src/Zerocopy.Sys, {ImportingFiles}");
        Each(path, lines, Rules.BanLifted(), $"only {ImportingFiles} may lift this ban");
    }
}

void CheckLinks(string path, string[] lines)
{
    bool inCode = false;
    for (int i = 0; i < lines.Length; i++)
    {
        if (lines[i].TrimStart().StartsWith("```", StringComparison.Ordinal))
        {
            inCode = !inCode;
        }

        if (inCode)
        {
            continue;
        }

        foreach (Match match in Rules.Link().Matches(Rules.InlineCode().Replace(lines[i], "")))
        {
            string target = match.Groups["target"].Value;
            if (!Rules.Absolute().IsMatch(target) && !LinkResolves(path, target))
            {
                Red(path, i + 1, $"a link to nothing: {target}");
            }
        }
    }
}

bool LinkResolves(string path, string target)
{
    string[] parts = Uri.UnescapeDataString(target).Split('#', 2);
    string file = parts[0].Length == 0
        ? Path.Combine(root, path)
        : Path.Combine(root, Path.GetDirectoryName(path) ?? "", parts[0]);
    if (parts.Length == 1 || Path.GetExtension(file) != ".md")
    {
        return Path.Exists(file);
    }

    return File.Exists(file) && AnchorsOf(file).Contains(parts[1]);
}

// As GitHub names them: the words of the heading, without a link's address; a second one of a name gets a number.
HashSet<string> AnchorsOf(string file)
{
    HashSet<string> anchors = [];
    Dictionary<string, int> seen = [];
    bool inCode = false;
    foreach (string line in File.ReadLines(file))
    {
        inCode ^= line.TrimStart().StartsWith("```", StringComparison.Ordinal);
        if (inCode || Rules.Heading().Match(line) is not { Success: true } heading)
        {
            continue;
        }

        string words = Rules.LinkInHeading().Replace(heading.Groups["words"].Value, "${text}").Trim();
        string anchor = Rules.NotInAnchor().Replace(words.ToLowerInvariant(), "").Replace(' ', '-');
        int before = seen.GetValueOrDefault(anchor);
        seen[anchor] = before + 1;
        anchors.Add(before == 0 ? anchor : $"{anchor}-{before}");
    }

    return anchors;
}

// Whoever begins at docs/README.md finds every page: linked there, or from the README.md of its folder, linked there.
void CheckIndex()
{
    const string Index = "docs/README.md";
    HashSet<string> linked = LinkedFrom(Index);
    linked.Add(Index);
    foreach (string index in linked.Where(path => path.EndsWith("/README.md", StringComparison.Ordinal)).ToArray())
    {
        linked.UnionWith(LinkedFrom(index));
    }

    foreach (string path in Directory.EnumerateFiles(Path.Combine(root, "docs"), "*.md", everything)
        .Select(path => Path.GetRelativePath(root, path))
        .Order(StringComparer.Ordinal))
    {
        if (!linked.Contains(path))
        {
            Red(path, 1, $"no link to it in {Index}, nor in a README.md below docs that is linked there");
        }
    }
}

// The files below docs that a page links.
HashSet<string> LinkedFrom(string page)
    => [.. File.ReadLines(Path.Combine(root, page))
        .SelectMany(line => Rules.Link().Matches(line))
        .Select(match => match.Groups["target"].Value.Split('#')[0])
        .Where(target => !Rules.Absolute().IsMatch(target))
        .Select(target => Path.GetFullPath(Path.Combine(root, Path.GetDirectoryName(page)!, target)))
        .Select(path => Path.GetRelativePath(root, path))
        .Where(path => path.StartsWith("docs/", StringComparison.Ordinal))];

// A line for a project that does not exist would never be judged by a run.
void CheckAllowedSkips()
{
    const string SkipList = "eng/allowed-skips.txt";
    string[] projects = [.. Directory.EnumerateDirectories(Path.Combine(root, "tests"))
        .Select(directory => $"Zerocopy.{Path.GetFileName(directory)}.")];
    int number = 0;
    foreach (string line in File.ReadLines(Path.Combine(root, SkipList)))
    {
        number++;
        bool isRule = line.Trim() is [not '#', ..];
        if (isRule && !projects.Any(project => line.StartsWith(project, StringComparison.Ordinal)))
        {
            Red(SkipList, number, $"starts with none of {string.Join(' ', projects)}");
        }
    }
}

static int LineOf(string text, int index) => text.AsSpan(0, index).Count('\n') + 1;

static string FindRoot([CallerFilePath] string here = "")
{
    string? directory = File.Exists("Zerocopy.sln") ? Directory.GetCurrentDirectory() : Path.GetDirectoryName(here);
    while (directory is not null && !File.Exists(Path.Combine(directory, "Zerocopy.sln")))
    {
        directory = Path.GetDirectoryName(directory);
    }

    return directory ?? throw new InvalidOperationException("Zerocopy.sln is not above this file.");
}

internal static partial class Rules
{
    internal static readonly string[] s_textExtensions =
    [
        ".cs", ".csproj", ".props", ".targets", ".sln", ".sh", ".md", ".txt", ".yml", ".yaml", ".json", ".config",
        ".editorconfig", ".gitignore", ".gitattributes", "",
    ];

    [GeneratedRegex(@"(^|/)(\.git|\.vs|\.idea|artifacts|bin|obj|TestResults)/|^bench/results/")]
    internal static partial Regex Excluded();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b")]
    internal static partial Regex Unfinished();

    [GeneratedRegex(@"(?<![\w.:/-])/(home|Users|root|work|workspace|mnt/[a-z])/|\b[A-Z]:\\\\?(Users|src)\b")]
    internal static partial Regex MachinePath();

    [GeneratedRegex(@"^(<{7}|>{7})( |$)")]
    internal static partial Regex ConflictMarker();

    [GeneratedRegex(@"https?://\S+")]
    internal static partial Regex Address();

    [GeneratedRegex(@"^\s*(//+\s*\[\s*(Fact|Theory|Property|InlineData|MemberData|Benchmark)\b|#if\s+(false|NEVER)\b)")]
    internal static partial Regex DisabledTest();

    [GeneratedRegex(@"\bcatch\s*(\([^)]*\)\s*)?(when\s*\([^{]*\)\s*)?\{\s*\}")]
    internal static partial Regex EmptyCatch();

    [GeneratedRegex(@"\[\s*(\w+\s*:\s*)?([\w.]+\.)?(LibraryImport|DllImport)(Attribute)?\s*\(")]
    internal static partial Regex Import();

    [GeneratedRegex(@"\bdelegate\*\s*unmanaged\b|\bNativeLibrary\.|\bstatic\s+(unsafe\s+)?extern\b")]
    internal static partial Regex NativeCode();

    [GeneratedRegex(@"\bRS0030\b")]
    internal static partial Regex BanLifted();

    [GeneratedRegex(@"\b(struct|class)\s+FdLease\b")]
    internal static partial Regex LeaseDeclaration();

    [GeneratedRegex(@"\.DangerousGetHandle\b")]
    internal static partial Regex RawHandle();

    [GeneratedRegex(@"\]\(\s*<?(?<target>[^)\s>]+)>?(\s+""[^""]*"")?\s*\)|^\s*\[[^\]]+\]:\s*(?<target>\S+)")]
    internal static partial Regex Link();

    [GeneratedRegex(@"`[^`]*`")]
    internal static partial Regex InlineCode();

    [GeneratedRegex(@"^([a-z][a-z0-9+.-]*:|//)", RegexOptions.IgnoreCase)]
    internal static partial Regex Absolute();

    [GeneratedRegex(@"^ {0,3}#{1,6}\s+(?<words>.*?)\s*#*$")]
    internal static partial Regex Heading();

    [GeneratedRegex(@"\[(?<text>[^\]]*)\]\([^)]*\)")]
    internal static partial Regex LinkInHeading();

    [GeneratedRegex(@"[^\w\- ]")]
    internal static partial Regex NotInAnchor();
}

// Makes the site: the documents as they are in the repository, and the reference of the public API. Run by
// `eng/check.sh docs`, into artifacts/site, from what `build` left. A link that leads nowhere, or to a heading that is
// not there, is an error.
#:property PublishAot=false
#:property NoWarn=$(NoWarn);CS1591

using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

const string Repository = "https://github.com/zerocopy-net/zerocopy";
const string Home = "README.md"; // Is index.md in the site.
string[] libraries = ["Zerocopy", "Zerocopy.Server", "Zerocopy.Sys"];

// In the order of the table of contents.
(string Title, string[] Pages)[] chapters =
[
    ("Use it",
    [
        "docs/getting-started.md", "docs/concepts.md", "docs/metrics.md", "docs/faq.md", "docs/coming-from-go.md",
        "docs/fsharp-and-vb.md", "CHANGELOG.md", "SECURITY.md",
    ]),
    ("Recipes", PagesOf("docs/recipes")),
    ("Analyzer rules", PagesOf("docs/rules")),
    ("Packages", ["src/Zerocopy/README.md", "src/Zerocopy.Server/README.md", "src/Zerocopy.Sys/README.md"]),
    ("Change it", ["docs/ARCHITECTURE.md", "CONTRIBUTING.md", "docs/performance.md", "bench/REPORT.md"]),
    ("Decisions", PagesOf("docs/decisions")),
    ("More", ["docs/README.md", "THIRD-PARTY-NOTICES.md"]),
];

string root = FindRoot();
Directory.SetCurrentDirectory(root);
string work = Path.Combine(root, "artifacts", "docs");
string site = Path.Combine(root, "artifacts", "site");
HashSet<string> pages = [Home, .. chapters.SelectMany(static chapter => chapter.Pages)];
foreach (string folder in (string[])[work, site])
{
    if (Directory.Exists(folder))
    {
        Directory.Delete(folder, recursive: true);
    }
}

foreach (string page in pages)
{
    Write(page == Home ? "index.md" : page, Links.Target().Replace(File.ReadAllText(page), link => Lead(page, link)));
}

foreach (string picture in (string[])[.. FilesOf("docs/images", "*.png"), .. FilesOf("bench/plots", "*.svg")])
{
    Write(picture, File.ReadAllBytes(picture));
}

// From the assemblies that were built and the documentation beside them: docfx's own compiler need not know this C#.
foreach (string library in libraries)
{
    string built = Path.Combine("artifacts", "bin", library, "release_net10.0", library);
    Write($"bin/{library}.dll", File.ReadAllBytes(built + ".dll"));
    Write($"bin/{library}.xml", File.ReadAllBytes(built + ".xml"));
}

Write("toc.yml", """
    - name: Documents
      href: docs/toc.yml
      homepage: docs/getting-started.md
    - name: API
      href: api/toc.yml
    - name: Repository
      href: https://github.com/zerocopy-net/zerocopy

    """);
Write("docs/toc.yml", string.Concat(chapters.Select(ChapterOf)));
Write("docfx.json", JsonSerializer.Serialize(Settings()));

int failed = Run("dotnet", "tool", "restore");
failed = failed != 0 ? failed : Run("dotnet", "docfx", Path.Combine(work, "docfx.json"), "--warningsAsErrors");
int made = failed != 0 ? 0 : Directory.GetFiles(site, "*.html", SearchOption.AllDirectories).Length;
Console.WriteLine($"docs: {pages.Count} documents, {made} pages in artifacts/site");
return failed;

object Settings() => new
{
    metadata = new[]
    {
        new { src = new[] { new { files = libraries.Select(static library => $"bin/{library}.dll") } }, dest = "api" },
    },
    build = new
    {
        content = new[] { new { files = (string[])["**/*.md", "**/toc.yml", "api/*.yml"] } },
        resource = new[] { new { files = (string[])["**/*.png", "**/*.svg"] } },
        output = site,
        template = (string[])["default", "modern"],
        globalMetadata = new
        {
            _appTitle = "Zerocopy",
            _appName = "Zerocopy",
            _appLogoPath = "docs/images/icon.png",
            _appFaviconPath = "docs/images/icon.png",
            _appFooter = "MIT licence",
            _disableContribution = true,
            _enableSearch = true,
        },
    },
};

// What is no page of the site is in the repository.
string Lead(string page, Match link)
{
    string target = link.Groups["target"].Value;
    string[] parts = target.Split('#', 2);
    if (target.Contains(':', StringComparison.Ordinal) || parts[0].Length == 0)
    {
        return link.Value;
    }

    string path = Path.GetRelativePath(root, Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page)!, parts[0])))
        .TrimEnd('/');
    string anchor = parts.Length > 1 ? "#" + parts[1] : "";
    string led = path switch
    {
        Home => Path.GetRelativePath(Path.GetDirectoryName(Path.GetFullPath(page))!, root) + "/index.md" + anchor,
        _ when pages.Contains(path) || path.EndsWith(".svg", StringComparison.Ordinal) => target,
        _ when pages.Contains(path + "/README.md") => $"{parts[0].TrimEnd('/')}/README.md{anchor}",
        _ when Directory.Exists(path) => $"{Repository}/tree/main/{path}{anchor}",
        _ => $"{Repository}/blob/main/{path}{anchor}", // eng/tidy.cs has seen that it is there.
    };
    return $"]({led})";
}

static string ChapterOf((string Title, string[] Pages) chapter)
{
    StringBuilder toc = new($"- name: {chapter.Title}\n  items:\n");
    foreach (string page in chapter.Pages)
    {
        string title = File.ReadLines(page).First(static line => line.StartsWith("# ", StringComparison.Ordinal))[2..];
        _ = toc.Append($"  - name: {JsonSerializer.Serialize(title.Replace("`", "", StringComparison.Ordinal))}\n")
            .Append($"    href: ../{page}\n");
    }

    return toc.ToString();
}

string[] PagesOf(string folder) => [.. FilesOf(folder, "*.md").Where(static path => !path.Contains("/0000-"))];

static IEnumerable<string> FilesOf(string folder, string pattern)
    => Directory.EnumerateFiles(Path.Combine(FindRoot(), folder), pattern)
        .Select(static path => Path.GetRelativePath(FindRoot(), path))
        .OrderBy(static path => !path.EndsWith("/README.md", StringComparison.Ordinal))
        .ThenBy(static path => path, StringComparer.Ordinal);

void Write(string name, object content)
{
    string path = Path.Combine(work, name);
    _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
    File.WriteAllBytes(path, content as byte[] ?? Encoding.UTF8.GetBytes((string)content));
}

static int Run(string program, params string[] arguments)
{
    using Process process = Process.Start(program, arguments);
    process.WaitForExit();
    return process.ExitCode;
}

// Where this was compiled says nothing on a build machine, whose paths are mapped.
static string FindRoot([CallerFilePath] string here = "")
    => File.Exists("Zerocopy.sln") ? Directory.GetCurrentDirectory() : Path.GetFullPath(Path.Combine(here, "..", ".."));

internal static partial class Links
{
    [GeneratedRegex(@"\]\((?<target>[^()\s]+)\)")]
    internal static partial Regex Target();
}

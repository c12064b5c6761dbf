using System.IO.Compression;
using System.Xml.Linq;

namespace Zerocopy.Packages;

/// <summary>A .nupkg or .snupkg, read.</summary>
internal sealed class Package : IDisposable
{
    private readonly ZipArchive _archive;
    private readonly Lazy<XElement> _metadata;

    internal Package(string path)
    {
        _archive = ZipFile.OpenRead(path);
        _metadata = new(() =>
            XDocument.Load(new MemoryStream(Read(Entries.Single(IsManifest)))).Root!.Elements().Single());
    }

    /// <summary>What each library is made for.</summary>
    internal static string[] Frameworks { get; } = ["net10.0", "net8.0"];

    /// <summary>What its makers put into it: neither the manifest nor what the format itself asks for.</summary>
    internal IEnumerable<string> Files => Entries
        .Where(static name => !IsManifest(name) && name is not ("[Content_Types].xml" or "_rels/.rels")
            && !name.StartsWith("package/services/metadata/core-properties/", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);

    /// <summary>The packages that come along, for each framework: as the manifest has it.</summary>
    internal IEnumerable<(string Framework, string? Id, string? Version)> Dependencies
        => from dependencies in Elements("dependencies")
           from @group in dependencies.Elements()
           from dependency in @group.Elements().DefaultIfEmpty()
           select ((string)@group.Attribute("targetFramework")!, (string?)dependency?.Attribute("id"),
               (string?)dependency?.Attribute("version"));

    private IEnumerable<string> Entries => _archive.Entries.Select(static entry => entry.FullName);

    public void Dispose() => _archive.Dispose();

    internal byte[] Read(string name)
    {
        using Stream stream = _archive.GetEntry(name)!.Open();
        using MemoryStream content = new();
        stream.CopyTo(content);
        return content.ToArray();
    }

    /// <summary>A value of the manifest; an empty string if it has none.</summary>
    internal string Metadata(string name) => Elements(name).SingleOrDefault()?.Value ?? "";

    /// <summary>An attribute of the manifest's repository.</summary>
    internal string? Repository(string name) => (string?)Elements("repository").Single().Attribute(name);

    private IEnumerable<XElement> Elements(string name)
        => _metadata.Value.Elements().Where(element => element.Name.LocalName == name);

    private static bool IsManifest(string name) => name.EndsWith(".nuspec", StringComparison.Ordinal);
}

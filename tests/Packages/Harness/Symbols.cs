using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;

namespace Zerocopy.Packages;

/// <summary>A library and its symbols, read.</summary>
internal sealed class Symbols : IDisposable
{
    // As the specification of the portable PDB format names them.
    private static readonly Guid s_sourceLink = new("CC110556-A091-4D38-9FEC-25AB9A351A6A");
    private static readonly Guid s_embeddedSource = new("0E8A571B-6926-466E-B4AD-8AB04611F5FE");

    private readonly PEReader _library;
    private readonly MetadataReaderProvider _symbols;

    internal Symbols(byte[] library, byte[] symbols)
    {
        _library = new PEReader(new MemoryStream(library));
        _symbols = MetadataReaderProvider.FromPortablePdbStream(new MemoryStream(symbols));
    }

    /// <summary>True if the library was written to be the same every time.</summary>
    internal bool IsReproducible
        => _library.ReadDebugDirectory().Any(static entry => entry.Type == DebugDirectoryEntryType.Reproducible);

    /// <summary>True if the symbols are those of the library and of no other build of it.</summary>
    internal bool BelongTogether
    {
        get
        {
            DebugDirectoryEntry entry = _library.ReadDebugDirectory()
                .Single(static entry => entry.Type == DebugDirectoryEntryType.CodeView);
            BlobContentId id = new(Reader.DebugMetadataHeader!.Id);
            return _library.ReadCodeViewDebugDirectoryData(entry).Guid == id.Guid && entry.Stamp == id.Stamp;
        }
    }

    /// <summary>The sources that a debugger has to find somewhere.</summary>
    internal IEnumerable<string> Sources
        => Documents.Where(handle => Custom(handle, s_embeddedSource) is null).Select(NameOf);

    /// <summary>The sources that are part of the symbols, because the compiler made them.</summary>
    internal IEnumerable<string> EmbeddedSources
        => Documents.Where(handle => Custom(handle, s_embeddedSource) is not null).Select(NameOf);

    /// <summary>Where the sources are found; null without Source Link.</summary>
    internal string? SourceLink
        => Custom(EntityHandle.ModuleDefinition, s_sourceLink) is { } json ? Encoding.UTF8.GetString(json) : null;

    private MetadataReader Reader => _symbols.GetMetadataReader();

    private IEnumerable<DocumentHandle> Documents => Reader.Documents;

    public void Dispose()
    {
        _library.Dispose();
        _symbols.Dispose();
    }

    private string NameOf(DocumentHandle handle) => Reader.GetString(Reader.GetDocument(handle).Name);

    private byte[]? Custom(EntityHandle parent, Guid kind)
        => Reader.GetCustomDebugInformation(parent).Select(Reader.GetCustomDebugInformation)
            .Where(information => Reader.GetGuid(information.Kind) == kind)
            .Select(information => Reader.GetBlobBytes(information.Value)).SingleOrDefault();
}

using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace Zerocopy.Analyzers;

/// <summary>The types that the rules know, resolved once per compilation: by symbol, never by what a name looks
/// like.</summary>
internal sealed class KnownSymbols
{
    private static readonly ConditionalWeakTable<Compilation, KnownSymbols> s_cache = new();

    private readonly Compilation _compilation;

    private KnownSymbols(Compilation compilation)
    {
        _compilation = compilation;
        Endpoint = Ours("TransferEndpoint");
        Transfer = Ours("Transfer");
        TransferExtensions = Ours("TransferExtensions");
        Relay = Ours("Relay");
        Pipe = Ours("Pipe");
        FlowOptions = Ours("FlowOptions");
        TransferOptions = Ours("TransferOptions");
        RelayOptions = Ours("RelayOptions");
        TeeOptions = Ours("TeeOptions");
        TransferMode = Ours("TransferMode");
        Socket = Theirs("System.Net.Sockets.Socket");
        SocketType = Theirs("System.Net.Sockets.SocketType");
        TcpClient = Theirs("System.Net.Sockets.TcpClient");
        TcpListener = Theirs("System.Net.Sockets.TcpListener");
        UdpClient = Theirs("System.Net.Sockets.UdpClient");
        NetworkStream = Theirs("System.Net.Sockets.NetworkStream");
        FileStream = Theirs("System.IO.FileStream");
        File = Theirs("System.IO.File");
        FileInfo = Theirs("System.IO.FileInfo");
        FileMode = Theirs("System.IO.FileMode");
        FileAccess = Theirs("System.IO.FileAccess");
        Stream = Theirs("System.IO.Stream");
        BufferedStream = Theirs("System.IO.BufferedStream");
        StreamReader = Theirs("System.IO.StreamReader");
        StreamWriter = Theirs("System.IO.StreamWriter");
        PipeReader = Theirs("System.IO.Pipelines.PipeReader");
        AuthenticatedStream = Theirs("System.Net.Security.AuthenticatedStream");
        SafeHandle = Theirs("System.Runtime.InteropServices.SafeHandle");
        LibraryImport = Theirs("System.Runtime.InteropServices.LibraryImportAttribute");
        CancellationToken = Theirs("System.Threading.CancellationToken");
        Task = Theirs("System.Threading.Tasks.Task");
        TaskFactory = Theirs("System.Threading.Tasks.TaskFactory");
        TimeSpan = Theirs("System.TimeSpan");
        Streams = new StreamKinds(this);
    }

    internal INamedTypeSymbol? Endpoint { get; }

    internal INamedTypeSymbol? Transfer { get; }

    internal INamedTypeSymbol? TransferExtensions { get; }

    internal INamedTypeSymbol? Relay { get; }

    internal INamedTypeSymbol? Pipe { get; }

    internal INamedTypeSymbol? FlowOptions { get; }

    internal INamedTypeSymbol? TransferOptions { get; }

    internal INamedTypeSymbol? RelayOptions { get; }

    internal INamedTypeSymbol? TeeOptions { get; }

    internal INamedTypeSymbol? TransferMode { get; }

    internal INamedTypeSymbol? Socket { get; }

    internal INamedTypeSymbol? SocketType { get; }

    internal INamedTypeSymbol? TcpClient { get; }

    internal INamedTypeSymbol? TcpListener { get; }

    internal INamedTypeSymbol? UdpClient { get; }

    internal INamedTypeSymbol? NetworkStream { get; }

    internal INamedTypeSymbol? FileStream { get; }

    internal INamedTypeSymbol? File { get; }

    internal INamedTypeSymbol? FileInfo { get; }

    internal INamedTypeSymbol? FileMode { get; }

    internal INamedTypeSymbol? FileAccess { get; }

    internal INamedTypeSymbol? Stream { get; }

    internal INamedTypeSymbol? BufferedStream { get; }

    internal INamedTypeSymbol? StreamReader { get; }

    internal INamedTypeSymbol? StreamWriter { get; }

    internal INamedTypeSymbol? PipeReader { get; }

    internal INamedTypeSymbol? AuthenticatedStream { get; }

    internal INamedTypeSymbol? SafeHandle { get; }

    internal INamedTypeSymbol? LibraryImport { get; }

    internal INamedTypeSymbol? CancellationToken { get; }

    internal INamedTypeSymbol? Task { get; }

    internal INamedTypeSymbol? TaskFactory { get; }

    internal INamedTypeSymbol? TimeSpan { get; }

    internal StreamKinds Streams { get; }

    /// <returns>Null if the compilation does not know Zerocopy: then there is nothing to do.</returns>
    internal static KnownSymbols? Of(Compilation compilation)
    {
        if (compilation.GetTypeByMetadataName("Zerocopy.TransferEndpoint") is null)
        {
            return null;
        }

        KnownSymbols known = s_cache.GetValue(compilation, static key => new KnownSymbols(key));
        return known.Endpoint is null ? null : known;
    }

    internal static bool Same(ISymbol? left, ISymbol? right)
        => left is not null && SymbolEqualityComparer.Default.Equals(left, right);

    /// <summary>Whether a type is <paramref name="ancestor"/> or derives from it; a type parameter, by its
    /// constraints.</summary>
    internal static bool Derives(ITypeSymbol? type, INamedTypeSymbol? ancestor)
    {
        if (type is ITypeParameterSymbol parameter)
        {
            return parameter.ConstraintTypes.Any(constraint => Derives(constraint, ancestor));
        }

        for (ITypeSymbol? current = type; current is not null && ancestor is not null; current = current.BaseType)
        {
            if (Same(current, ancestor))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a type is declared in the program that is compiled.</summary>
    internal bool IsOfProgram(ITypeSymbol type) => Same(type.ContainingAssembly, _compilation.Assembly);

    /// <summary>A type of .NET: one that the user's own code declares under the same name is not meant.</summary>
    internal INamedTypeSymbol? Theirs(string name)
        => _compilation.GetTypeByMetadataName(name) is { } type && !Same(type.ContainingAssembly, _compilation.Assembly)
            ? type : null;

    private INamedTypeSymbol? Ours(string name)
        => _compilation.GetTypeByMetadataName("Zerocopy." + name) is { ContainingAssembly.Name: "Zerocopy" } type
            ? type : null;
}

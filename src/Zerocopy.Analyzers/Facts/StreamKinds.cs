using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Zerocopy.Analyzers;

/// <summary>Which streams of .NET are nothing but a descriptor, and which can never be one.</summary>
internal sealed class StreamKinds
{
    private const string InMemory = "its bytes are in the memory of this process";
    private const string Encrypted = "its bytes are encrypted and decrypted in this process";
    private const string Computed = "its bytes are computed in this process";
    private const string Framed = "its bytes are cut out of frames in this process";
    private const string Private = "it keeps its descriptor to itself";

    private static readonly (string Name, string Why)[] s_never =
    [
        ("System.IO.MemoryStream", InMemory),
        ("System.IO.UnmanagedMemoryStream", InMemory),
        ("System.Net.Security.AuthenticatedStream", Encrypted),
        ("System.Security.Cryptography.CryptoStream", Computed),
        ("System.IO.Compression.GZipStream", Computed),
        ("System.IO.Compression.DeflateStream", Computed),
        ("System.IO.Compression.ZLibStream", Computed),
        ("System.IO.Compression.BrotliStream", Computed),
        ("System.IO.Compression.ZstandardStream", Computed),
        ("System.Net.Quic.QuicStream", Framed),
        ("System.Net.WebSockets.WebSocketStream", Framed),
        ("Microsoft.AspNetCore.WebUtilities.BufferedReadStream", InMemory),
        ("Microsoft.AspNetCore.WebUtilities.FileBufferingReadStream", InMemory),
        ("Microsoft.AspNetCore.WebUtilities.FileBufferingWriteStream", InMemory),
    ];

    // What the engine sees through to the descriptor: these very types. What derives from them may change its bytes.
    private static readonly string[] s_exact =
    [
        "System.Net.Sockets.NetworkStream",
        "System.IO.FileStream",
        "System.IO.Pipes.AnonymousPipeServerStream",
        "System.IO.Pipes.AnonymousPipeClientStream",
        "System.IO.Pipes.NamedPipeServerStream",
        "System.IO.Pipes.NamedPipeClientStream",
    ];

    // Methods, properties and fields that are declared to give a Stream and never give one that is a descriptor.
    private static readonly (string Type, string Member, string Why)[] s_sources =
    [
        ("System.IO.Pipelines.PipeReader", "AsStream", InMemory),
        ("System.IO.Pipelines.PipeWriter", "AsStream", InMemory),
        ("System.IO.Stream", "Synchronized", "each of its calls takes a lock in this process"),
        ("System.Console", "OpenStandardInput", Private + "; pass new SafeFileHandle(0, ownsHandle: false)"),
        ("System.Console", "OpenStandardOutput", Private + "; pass new SafeFileHandle(1, ownsHandle: false)"),
        ("System.Console", "OpenStandardError", Private + "; pass new SafeFileHandle(2, ownsHandle: false)"),
        ("System.IO.Compression.ZipArchiveEntry", "Open", Computed),
        ("System.IO.Compression.ZipArchiveEntry", "OpenAsync", Computed),
        ("System.IO.Stream", "Null", "it is no file; open /dev/null"),
        ("System.Net.Http.HttpClient", "GetStreamAsync", Framed),
        ("System.Net.Http.HttpContent", "ReadAsStream", Framed),
        ("System.Net.Http.HttpContent", "ReadAsStreamAsync", Framed),
        ("System.Net.WebResponse", "GetResponseStream", Framed),
        ("System.Net.WebRequest", "GetRequestStream", Framed),
        ("System.Net.WebRequest", "GetRequestStreamAsync", Framed),
        ("System.Net.WebClient", "OpenRead", Framed),
        ("System.Net.HttpListenerRequest", "InputStream", Framed),
        ("System.Net.HttpListenerResponse", "OutputStream", Framed),
        ("Microsoft.AspNetCore.Http.HttpRequest", "Body", Framed),
        ("Microsoft.AspNetCore.Http.HttpResponse", "Body", Framed),
        ("Microsoft.AspNetCore.Http.IFormFile", "OpenReadStream", InMemory),
        ("System.Reflection.Assembly", "GetManifestResourceStream", InMemory),
    ];

    private readonly Dictionary<ITypeSymbol, string> _never = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ITypeSymbol> _exact = new(SymbolEqualityComparer.Default);
    private readonly List<(INamedTypeSymbol Type, string Member, string Why)> _sources = [];
    private readonly KnownSymbols _known;
    private readonly INamedTypeSymbol? _stream;
    private readonly INamedTypeSymbol? _pipeStream;

    internal StreamKinds(KnownSymbols known)
    {
        _known = known;
        _stream = known.Stream;
        _pipeStream = known.Theirs("System.IO.Pipes.PipeStream");
        foreach ((string name, string why) in s_never)
        {
            if (known.Theirs(name) is { } type)
            {
                _never[type] = why;
            }
        }

        foreach (string name in s_exact)
        {
            if (known.Theirs(name) is { } type)
            {
                _exact.Add(type);
            }
        }

        foreach ((string name, string member, string why) in s_sources)
        {
            if (known.Theirs(name) is { } type)
            {
                _sources.Add((type, member, why));
            }
        }
    }

    /// <returns>Why a value that comes from here can never be spliced; null if nothing says so.</returns>
    internal string? WhyNever(Origin origin)
        => WhyNever(origin.Type) ?? WhyNever(origin.Operation);

    /// <summary>Whether the engine has no choice but to read and write it as a stream: the list above, and the user's
    /// own classes.</summary>
    internal bool IsCopiedForCertain(Origin origin)
    {
        if (WhyNever(origin) is not null)
        {
            return true;
        }

        return origin.Type is INamedTypeSymbol { TypeKind: TypeKind.Class } type
            && KnownSymbols.Derives(type, _stream)
            && !KnownSymbols.Same(type, _stream)
            && !KnownSymbols.Same(type, _pipeStream)
            && !_exact.Contains(type);
    }

    private string? WhyNever(ITypeSymbol? type)
    {
        if (type is ITypeParameterSymbol parameter)
        {
            return parameter.ConstraintTypes.Select(WhyNever).FirstOrDefault(why => why is not null);
        }

        for (ITypeSymbol? current = type; current is not null; current = current.BaseType)
        {
            if (_never.TryGetValue(current, out string? why))
            {
                return why;
            }

            if (_exact.Contains(current))
            {
                return KnownSymbols.Same(current, type)
                    ? null : $"a class that derives from {current.Name} may change its bytes";
            }
        }

        return IsOwn(type) ? "its bytes go through its own Read and Write" : null;
    }

    /// <summary>A stream whose class is written in the program itself.</summary>
    private bool IsOwn(ITypeSymbol? type)
        => type is INamedTypeSymbol { TypeKind: TypeKind.Class }
            && KnownSymbols.Derives(type, _stream)
            && _known.IsOfProgram(type);

    /// <summary><c>Stream.Null</c>: who copies there wants the bytes gone.</summary>
    internal bool IsNothing(Origin origin)
        => Member(origin.Operation) is { Name: "Null" } member && KnownSymbols.Same(member.ContainingType, _stream);

    /// <summary>Whether it is certain to be a descriptor that the engine sees.</summary>
    internal bool IsDescriptor(Origin origin)
        => origin.Type is { } type && (_exact.Contains(type) || KnownSymbols.Same(type, _pipeStream));

    private string? WhyNever(IOperation operation)
    {
        if (Member(operation) is not { } member)
        {
            return null;
        }

        foreach ((INamedTypeSymbol type, string name, string why) in _sources)
        {
            if (member.Name == name && (KnownSymbols.Derives(member.ContainingType, type)
                || member.ContainingType.AllInterfaces.Contains(type, SymbolEqualityComparer.Default)))
            {
                return why;
            }
        }

        return null;
    }

    /// <summary>The method, property or field that a value was asked of.</summary>
    internal static ISymbol? Member(IOperation operation) => operation switch
    {
        IInvocationOperation call => call.TargetMethod,
        IMemberReferenceOperation reference => reference.Member,
        _ => null,
    };
}

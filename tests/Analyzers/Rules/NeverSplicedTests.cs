using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Zerocopy.Analyzers.Tests;

/// <summary>ZC1001.</summary>
public sealed class NeverSplicedTests
{
    [Theory]
    [InlineData("Transfer.Copy({|ZC1001:new MemoryStream()|}, a);")]
    [InlineData("Transfer.Copy(a, {|ZC1001:new MemoryStream()|});")]
    [InlineData("Transfer.Copy({|ZC1001:new MemoryStream()|}, {|ZC1001:new SslStream(network)|});")]
    [InlineData("Transfer.Copy({|ZC1001:new GZipStream(network, CompressionMode.Decompress)|}, file);")]
    [InlineData("Transfer.Copy({|ZC1001:new DeflateStream(network, CompressionMode.Decompress)|}, file);")]
    [InlineData("Transfer.Copy({|ZC1001:new ZLibStream(network, CompressionMode.Decompress)|}, file);")]
    [InlineData("Transfer.Copy({|ZC1001:new BrotliStream(network, CompressionMode.Decompress)|}, file);")]
    [InlineData("Transfer.Copy(a, {|ZC1001:new CryptoStream(file, Aes.Create().CreateEncryptor(), "
        + "CryptoStreamMode.Write)|});")]
    [InlineData("Transfer.Copy({|ZC1001:new NegotiateStream(network)|}, file);")]
    [InlineData("Transfer.Copy({|ZC1001:PipeReader.Create(network).AsStream()|}, file);")]
    [InlineData("Transfer.Copy(a, {|ZC1001:Console.OpenStandardOutput()|});")]
    [InlineData("Transfer.Copy({|ZC1001:Console.OpenStandardInput()|}, file);")]
    [InlineData("Transfer.Copy({|ZC1001:Stream.Synchronized(network)|}, file);")]
    [InlineData("_ = Relay.RunAsync({|ZC1001:Stream.Null|}, a);")]
    [InlineData("Transfer.Copy({|ZC1001:new ZipArchive(file).Entries[0].Open()|}, a);")]
    public Task Streams_of_NET_that_hide_or_make_up_their_bytes(string statement) => Verify.Body(statement);

    [Theory]
    [InlineData("Stream s = new MemoryStream(); Transfer.Copy({|ZC1001:s|}, a);")]
    [InlineData("var s = new MemoryStream(); Transfer.Copy({|ZC1001:s|}, a);")]
    [InlineData("using Stream s = new SslStream(network); Transfer.Copy({|ZC1001:s|}, a);")]
    [InlineData("using (Stream s = new MemoryStream()) { Transfer.Copy({|ZC1001:s|}, a); }")]
    [InlineData("Stream s; s = new MemoryStream(); Transfer.Copy({|ZC1001:s|}, a);")]
    [InlineData("Stream s = new MemoryStream(); Stream t = s; object o = t; Transfer.Copy({|ZC1001:(Stream)o|}, a);")]
    [InlineData("TransferEndpoint end = new MemoryStream(); Transfer.Copy({|ZC1001:end|}, a);")]
    [InlineData("Transfer.Copy({|ZC1001:TransferEndpoint.FromStream(new MemoryStream())|}, a);")]
    [InlineData("Transfer.Copy({|ZC1001:(TransferEndpoint)(Stream)new MemoryStream()|}, a);")]
    [InlineData("Transfer.Copy({|ZC1001:(MemoryStream)stream|}, a);")]
    [InlineData("Transfer.Copy({|ZC1001:stream as MemoryStream|}, a);")]
    [InlineData("Transfer.Copy({|ZC1001:stream as MemoryStream ?? new MemoryStream()|}, a);")]
    [InlineData("if (stream is MemoryStream memory) Transfer.Copy({|ZC1001:memory|}, a);")]
    [InlineData("Transfer.Copy({|ZC1001:yes ? new MemoryStream() : (Stream)new SslStream(network)|}, a);")]
    [InlineData("Transfer.Copy({|ZC1001:yes switch { true => new MemoryStream(), _ => throw new Exception() }|}, a);")]
    [InlineData("Transfer.Copy(destination: {|ZC1001:new MemoryStream()|}, source: a);")]
    [InlineData("Stream s; Transfer.Copy({|ZC1001:s = new MemoryStream()|}, a);")]
    [InlineData("foreach (MemoryStream s in new[] { new MemoryStream() }) Transfer.Copy({|ZC1001:s|}, a);")]
    [InlineData("Action go = () => Transfer.Copy({|ZC1001:new MemoryStream()|}, a);")]
    [InlineData("Stream s = new MemoryStream(); Action go = () => Transfer.Copy({|ZC1001:s|}, a);")]
    [InlineData("Stream s = new MemoryStream()!; Transfer.Copy({|ZC1001:s|}!, a);")]
    public Task Seen_through_conversions_locals_and_choices(string statements) => Verify.Body(statements);

    [Theory]
    [InlineData("_ = Relay.RunAsync({|ZC1001:new SslStream(network)|}, a);")]
    [InlineData("_ = Relay.Start(a, {|ZC1001:new SslStream(network)|});")]
    [InlineData("_ = Relay.RunAsync(a, {|ZC1001:new SslStream(network)|}, new RelayOptions { HalfClose = false });")]
    [InlineData("pipe.ReadFrom({|ZC1001:new MemoryStream()|});")]
    [InlineData("pipe.WriteTo({|ZC1001:new MemoryStream()|});")]
    [InlineData("_ = pipe.ReadFromAsync({|ZC1001:new MemoryStream()|});")]
    [InlineData("pipe.Tee({|ZC1001:new MemoryStream()|});")]
    [InlineData("_ = new TransferOptions { Mirror = {|ZC1001:new MemoryStream()|} };")]
    [InlineData("_ = new TransferOptions() with { Mode = TransferMode.Auto, Mirror = {|ZC1001:new MemoryStream()|} };")]
    [InlineData("Transfer.Copy({|ZC1001:new MemoryStream()|}, a, new TransferOptions { Mode = TransferMode.Auto });")]
    [InlineData("var o = new TransferOptions(); Transfer.Copy({|ZC1001:new MemoryStream()|}, a, o);")]
    public Task In_every_call_that_takes_an_endpoint(string statement) => Verify.Body(statement);

    [Theory]
    [InlineData("Transfer.Copy(a, b); Transfer.Copy(stream, a); Transfer.Copy(a, stream);")]
    [InlineData("Transfer.Copy(network, file); Transfer.Copy(file, client); Transfer.Copy(handle, pipe);")]
    [InlineData("Transfer.Copy(new NetworkStream(a), new FileStream(path, FileMode.Create));")]
    [InlineData("Transfer.Copy(new AnonymousPipeServerStream(), new NamedPipeClientStream(path));")]
    [InlineData("Transfer.Copy(new NamedPipeServerStream(path), new AnonymousPipeClientStream(path));")]
    [InlineData("Transfer.Copy((PipeStream)stream, a);")]
    [InlineData("Transfer.Copy(File.OpenRead(path), client.GetStream());")]
    [InlineData("Transfer.Copy(pipe.AsReadStream(), a);")]
    [InlineData("Transfer.Copy(stream as NetworkStream ?? stream, a);")]
    [InlineData("Transfer.Copy(a, Stream.Null);")]
    public Task Not_what_is_or_may_be_a_descriptor(string statements) => Verify.Body(statements);

    [Theory]
    [InlineData("Stream s = new MemoryStream(); s = stream; Transfer.Copy(s, a);")]
    [InlineData("Stream s = new MemoryStream(); if (yes) s = network; Transfer.Copy(s, a);")]
    [InlineData("Stream? s = null; s ??= network; Transfer.Copy(s, a);")]
    [InlineData("Stream s = new MemoryStream(); Other(ref s); Transfer.Copy(s, a); void Other(ref Stream x) => "
        + "x = stream;")]
    [InlineData("Stream s = new MemoryStream(); (s, _) = (stream, 1); Transfer.Copy(s, a);")]
    [InlineData("Stream s = new MemoryStream(); Action set = () => s = stream; set(); Transfer.Copy(s, a);")]
    [InlineData("Stream s = new MemoryStream(); ref Stream r = ref s; r = stream; Transfer.Copy(s, a);")]
    [InlineData("Transfer.Copy(yes ? new MemoryStream() : stream, a);")]
    [InlineData("Transfer.Copy(yes ? stream : new MemoryStream(), a);")]
    [InlineData("Transfer.Copy(stream as MemoryStream ?? stream, a);")]
    [InlineData("Transfer.Copy(yes switch { true => new MemoryStream(), _ => stream }, a);")]
    [InlineData("foreach (Stream s in new Stream[] { new MemoryStream() }) Transfer.Copy(s, a);")]
    [InlineData("Stream Make() => new MemoryStream(); Transfer.Copy(Make(), a);")]
    [InlineData("new MemoryStream().CopyTo(stream); stream.CopyTo(new MemoryStream());")]
    public Task Not_what_is_not_certain(string statements) => Verify.Body(statements);

    [Theory]
    [InlineData("Transfer.Copy(new MemoryStream(), a, new TransferOptions { Mode = TransferMode.CopyOnly });")]
    [InlineData("Transfer.Copy(new MemoryStream(), a, new() { KeepUndelivered = true, Mode = "
        + "TransferMode.CopyOnly }, default);")]
    [InlineData("var o = new TransferOptions { Mode = TransferMode.CopyOnly }; Transfer.Copy(new "
        + "MemoryStream(), a, o);")]
    [InlineData("var o = new TransferOptions(); Transfer.Copy(stream, new MemoryStream(), o with { Mode = "
        + "TransferMode.CopyOnly });")]
    [InlineData("_ = new TransferOptions { Mirror = new MemoryStream(), Mode = TransferMode.CopyOnly };")]
    [InlineData("""
        _ = Relay.RunAsync(new SslStream(network), a, new RelayOptions
        {
            LeftToRight = new() { Mode = TransferMode.CopyOnly },
            RightToLeft = new FlowOptions { Mode = TransferMode.CopyOnly },
        });
        """)]
    [InlineData("""
        #pragma warning disable ZC1001
        Transfer.Copy(new MemoryStream(), a);
        #pragma warning restore ZC1001
        """)]
    public Task Not_where_copying_is_asked_for(string statements) => Verify.Body(statements);

    [Theory]
    [InlineData("class C { void M(Socket a, TransferOptions o) => Transfer.Copy(new MemoryStream(), a, o); }")]
    [InlineData("class C { TransferOptions O { get; set; } = new(); void M(Socket a) => Transfer.Copy(new "
        + "MemoryStream(), a, O); }")]
    [InlineData("""
        class C
        {
            private static readonly TransferOptions s_o = new() { Mode = TransferMode.CopyOnly };
            void M(Socket a) => Transfer.Copy(new MemoryStream(), a, s_o);
        }
        """)]
    [InlineData("class C { void M(Socket a, TransferOptions o) => Transfer.Copy(new MemoryStream(), a, o with { "
        + "LimitBytes = null }); }")]
    public Task Not_where_options_from_elsewhere_may_ask_for_it(string source) => Verify.File(source);

    [Theory]
    [InlineData("class C { void M(MemoryStream m, Socket a) => Transfer.Copy({|ZC1001:m|}, a); }")]
    [InlineData("class C { void M<T>(T m, Socket a) where T : MemoryStream => Transfer.Copy({|ZC1001:m|}, a); }")]
    [InlineData("class D : MemoryStream; class C { void M(D m, Socket a) => Transfer.Copy({|ZC1001:m|}, a); }")]
    [InlineData("class D(Socket s) : NetworkStream(s); class C { void M(D m, Socket a) => "
        + "Transfer.Copy({|ZC1001:m|}, a); }")]
    [InlineData("abstract class D : Stream; class C { void M(D d, Socket a) => Transfer.Copy({|ZC1001:d|}, a); }")]
    [InlineData("class C { MemoryStream Make() => new(); void M(Socket a) => Transfer.Copy({|ZC1001:Make()|}, a); }")]
    [InlineData("class C { private readonly Stream _s = new MemoryStream(); void M(Socket a) => "
        + "Transfer.Copy({|ZC1001:_s|}, a); }")]
    [InlineData("class C { static readonly Stream S = new MemoryStream(); void M(Socket a) => "
        + "Transfer.Copy({|ZC1001:S|}, a); }")]
    [InlineData("class C { MemoryStream P { get; set; } = new(); void M(Socket a) => "
        + "Transfer.Copy({|ZC1001:P|}, a); }")]
    [InlineData("class C { async Task M(HttpClient h, Socket a) => await Transfer.CopyAsync({|ZC1001:await "
        + "h.GetStreamAsync(\"\")|}, a); }")]
    [InlineData("class C { Func<Socket, TransferResult> f = a => Transfer.Copy({|ZC1001:new MemoryStream()|}, a); }")]
    public Task Whole_files_in_which_it_is_certain(string source) => Verify.File(source);

    [Fact]
    public Task An_alias_is_seen_through()
        => Verify.File("class C { void M(Socket a) => Transfer.Copy({|ZC1001:new Buffer()|}, a); }"
            .Insert(0, "namespace N { using Buffer = System.IO.MemoryStream; ") + " }");

    [Theory]
    [InlineData("class MemoryStream : NetworkLike; abstract class NetworkLike : Stream;", "abstract ")]
    [InlineData("namespace Mine { class SslStream { public static implicit operator Socket(SslStream s) => "
        + "null!; } }", "Mine.SslStream")]
    public Task A_name_alone_says_nothing(string declaration, string use)
        => Verify.File(use.StartsWith("Mine", StringComparison.Ordinal)
            ? $"{declaration} class C {{ void M({use} m, Socket a) => Transfer.Copy((Socket)m, a); }}"
            : "abstract class MemoryStream : Stream;"
                + " class C { void M(MemoryStream m, Socket a) => Transfer.Copy({|ZC1001:m|}, a); }");

    [Theory]
    [InlineData("class C { void M(Stream s, Socket a) => Transfer.Copy(s, a); }")]
    [InlineData("class C { void M<T>(T s, Socket a) where T : Stream => Transfer.Copy(s, a); }")]
    [InlineData("class C { Stream _s = new MemoryStream(); void M(Socket a) => Transfer.Copy(_s, a); }")]
    [InlineData("""
        class C
        {
            private readonly Stream _s = new MemoryStream();
            C(Stream s) => _s = s;
            void M(Socket a) => Transfer.Copy(_s, a);
        }
        """)]
    [InlineData("class C { Stream P => new MemoryStream(); void M(Socket a) => Transfer.Copy(P, a); }")]
    public Task Whole_files_in_which_it_is_not(string source) => Verify.File(source);

    [Fact]
    public Task In_top_level_statements()
        => Verify.File(
            "using Socket a = new(SocketType.Stream, ProtocolType.Tcp); Stream s = new MemoryStream();"
                + " await Transfer.CopyAsync({|ZC1001:s|}, a);",
            output: OutputKind.ConsoleApplication);

    [Fact]
    public Task In_async_methods_and_local_functions()
        => Verify.AsyncBody("""
            Stream s = new MemoryStream();
            await Transfer.CopyAsync({|ZC1001:s|}, a, cancellationToken: token).ConfigureAwait(false);
            await Inner();
            async Task Inner() => await Transfer.CopyAsync(a, {|ZC1001:new MemoryStream()|}, null, token);
            """);

    [Theory]
    [InlineData(LanguageVersion.CSharp7_3)]
    [InlineData(LanguageVersion.CSharp8)]
    [InlineData(LanguageVersion.CSharp9)]
    public Task In_older_versions_of_the_language(LanguageVersion version)
        => Verify.File(
            "class C { void M(Socket a) { Stream s = new MemoryStream(); Transfer.Copy({|ZC1001:s|}, a); } }", version);

    [Theory]
    [InlineData("Test0.g.cs", "")]
    [InlineData("Test0.Designer.cs", "")]
    [InlineData("Test0.cs", "// <auto-generated/>\n")]
    public Task Not_in_generated_code(string fileName, string head)
        => Verify.File(
            "class C { void M(Socket a) => Transfer.Copy(new MemoryStream(), a); }", fileName: fileName, head: head);
}

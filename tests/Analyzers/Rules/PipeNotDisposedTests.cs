using Zerocopy.Analyzers.CodeFixes;

namespace Zerocopy.Analyzers.Tests;

/// <summary>ZC1007.</summary>
public sealed class PipeNotDisposedTests
{
    [Theory]
    [InlineData("var p = {|ZC1007:Pipe.Create()|}; p.ReadFrom(a);")]
    [InlineData("Pipe p = {|ZC1007:Pipe.Create(4096)|}; Transfer.Copy(a, p); Transfer.Copy(p, b);")]
    [InlineData("var p = {|ZC1007:Pipe.Create()|};")]
    [InlineData("var p = {|ZC1007:Pipe.Create()|}; p.Write(buffer); p.CloseWrite(); p.WriteTo(a);")]
    [InlineData("var p = {|ZC1007:Pipe.Create()|}; p.Tee(log); _ = p.Capacity; p.ReadFrom(a);")]
    public Task Found(string source) => Verify.Body(source);

    [Theory]
    [InlineData("using var p = Pipe.Create(); p.ReadFrom(a);")]
    [InlineData("using (Pipe p = Pipe.Create()) { p.ReadFrom(a); }")]
    [InlineData("var p = Pipe.Create(); try { p.ReadFrom(a); } finally { p.Dispose(); }")]
    [InlineData("var p = Pipe.Create(); p.CloseRead(); p.CloseWrite();")]
    [InlineData("var p = Pipe.Create(); Keep(p); void Keep(Pipe x) { }")]
    [InlineData("var p = Pipe.Create(); Action go = () => p.ReadFrom(a);")]
    [InlineData("var p = Pipe.Create(); var all = new List<Pipe> { p };")]
    [InlineData("var p = Pipe.Create(); using var s = p.AsReadStream();")]
    [InlineData("var p = Pipe.Create(); pipe = p;")]
    [InlineData("Pipe? p = Pipe.Create(); p?.Dispose();")]
    [InlineData("Pipe Make() { var p = Pipe.Create(); p.Write(buffer); return p; }")]
    public Task Not_found(string source) => Verify.Body(source);

    [Fact]
    public Task Using_is_added()
        => Verify.Fix<DisposePipeFix>(
            """
            // Filled by a.
            var p = {|ZC1007:Pipe.Create()|};
            var q = {|ZC1007:Pipe.Create()|};
            p.ReadFrom(a);
            q.ReadFrom(b);
            """,
            """
            // Filled by a.
            using var p = Pipe.Create();
            using var q = Pipe.Create();
            p.ReadFrom(a);
            q.ReadFrom(b);
            """);

    [Fact]
    public Task Two_in_one_declaration_are_left()
        => Verify.NoFix<DisposePipeFix>("""
        Pipe p = {|ZC1007:Pipe.Create()|}, q = log;
        p.ReadFrom(a);
        q.ReadFrom(b);
        """);

    [Theory]
    [InlineData("class C { Pipe _p; C() => _p = Pipe.Create(); Pipe Make() => Pipe.Create(); }")]
    [InlineData("class C { IEnumerable<Pipe> Make() { var p = Pipe.Create(); yield return p; } }")]
    public Task Not_found_where_it_leaves_its_method(string source) => Verify.File(source);

    [Fact]
    public Task No_using_before_the_language_has_it()
        => Verify.FixFile<DisposePipeFix>(
            "class C { void M() { var p = {|ZC1007:Pipe.Create()|}; p.CloseWrite(); } }",
            "class C { void M() { var p = {|ZC1007:Pipe.Create()|}; p.CloseWrite(); } }",
            Microsoft.CodeAnalysis.CSharp.LanguageVersion.CSharp7_3);
}

using Zerocopy.Analyzers.CodeFixes;

namespace Zerocopy.Analyzers.Tests;

/// <summary>ZC1009.</summary>
public sealed class LateTeeTests
{
    [Theory]
    [InlineData("pipe.ReadFrom(a); {|ZC1009:pipe.Tee(log)|};")]
    [InlineData("_ = pipe.ReadFromAsync(a); {|ZC1009:pipe.Tee(log)|};")]
    [InlineData("pipe.Write(buffer); var tee = {|ZC1009:pipe.Tee(file)|};")]
    [InlineData("Transfer.Copy(a, pipe); if (yes) { {|ZC1009:pipe.Tee(log)|}; }")]
    [InlineData("var n = pipe.Read(buffer); {|ZC1009:pipe.Tee(log)|};")]
    [InlineData("while (yes) { using var p = Pipe.Create(); p.ReadFrom(a); {|ZC1009:p.Tee(log)|}; }")]
    public Task Found(string source) => Verify.Body(source);

    [Theory]
    [InlineData("pipe.Tee(log); pipe.ReadFrom(a); pipe.WriteTo(b);")]
    [InlineData("if (yes) pipe.ReadFrom(a); else pipe.Tee(log);")]
    [InlineData("if (yes) { pipe.ReadFrom(a); return; } pipe.Tee(log);")]
    [InlineData("log.ReadFrom(a); pipe.Tee(log);")]
    [InlineData("_ = pipe.Capacity; pipe.Capacity = 4096; pipe.Tee(log);")]
    [InlineData("Action fill = () => pipe.ReadFrom(a); pipe.Tee(log); fill();")]
    [InlineData("pipe.ReadFrom(a); pipe = log; pipe.Tee(file);")]
    public Task Not_found(string source) => Verify.Body(source);

    [Fact]
    public Task The_tee_goes_first()
        => Verify.Fix<LateTeeFix>(
            """
            pipe.ReadFrom(a);
            {|ZC1009:pipe.Tee(log)|};
            pipe.WriteTo(b);
            """,
            """
            pipe.Tee(log);
            pipe.ReadFrom(a);
            pipe.WriteTo(b);
            """);

    [Fact]
    public Task With_its_comment()
        => Verify.Fix<LateTeeFix>(
            """
            int n = 1;
            // From a.
            pipe.ReadFrom(a);
            // To the log.
            var tee = {|ZC1009:pipe.Tee(log)|};
            pipe.WriteTo(b);
            """,
            """
            int n = 1;
            // To the log.
            var tee = pipe.Tee(log);
            // From a.
            pipe.ReadFrom(a);
            pipe.WriteTo(b);
            """);

    [Fact]
    public Task All_of_them()
        => Verify.Fix<LateTeeFix>(
            """
            pipe.ReadFrom(a);
            {|ZC1009:pipe.Tee(log)|};
            {|ZC1009:pipe.Tee(file)|};
            pipe.WriteTo(b);
            """,
            """
            pipe.Tee(log);
            pipe.Tee(file);
            pipe.ReadFrom(a);
            pipe.WriteTo(b);
            """);

    [Fact]
    public Task Not_above_what_it_needs()
        => Verify.NoFix<LateTeeFix>("""
        pipe.ReadFrom(a);
        var target = File.Create(path);
        {|ZC1009:pipe.Tee(target)|};
        """);
}

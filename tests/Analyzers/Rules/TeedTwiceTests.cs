namespace Zerocopy.Analyzers.Tests;

/// <summary>ZC1020.</summary>
public sealed class TeedTwiceTests
{
    [Theory]
    [InlineData("pipe.Tee(log); pipe.Tee({|ZC1020:log|});")]
    [InlineData("using var p = Pipe.Create(); p.Tee(log); pipe.Tee({|ZC1020:log|});")]
    [InlineData("var t = pipe.Tee(log); if (yes) { pipe.Tee({|ZC1020:log.AsWriteStream()|}); }")]
    public Task Found(string source) => Verify.Body(source);

    [Theory]
    [InlineData("using var p = Pipe.Create(); pipe.Tee(log); pipe.Tee(p);")]
    [InlineData("if (yes) pipe.Tee(log); else pipe.Tee(log);")]
    [InlineData("pipe.Tee(log); log.Tee(file);")]
    [InlineData("foreach (var p in new[] { pipe, log }) { pipe.Tee(p); }")]
    [InlineData("pipe.Tee(a); pipe.Tee(b);")]
    public Task Not_found(string source) => Verify.Body(source);
}

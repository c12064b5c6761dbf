using Zerocopy.Analyzers.CodeFixes;

namespace Zerocopy.Analyzers.Tests;

/// <summary>ZC1014.</summary>
public sealed class BufferedFileTests
{
    [Theory]
    [InlineData("using var f = {|ZC1014:new FileStream(path, FileMode.Open)|}; Transfer.Copy(f, a);")]
    [InlineData("FileStream f = {|ZC1014:new(path, FileMode.Open, FileAccess.Read)|}; Transfer.Copy(f, a); "
        + "f.Dispose();")]
    [InlineData("using Stream f = {|ZC1014:new FileStream(path, FileMode.Create, FileAccess.Write, "
        + "FileShare.None)|}; Transfer.Copy(a, f);")]
    [InlineData("using var f = {|ZC1014:new FileStream(path, FileMode.Open)|}; _ = f.Length; pipe.ReadFrom(f);")]
    public Task Found(string source) => Verify.Body(source);

    [Theory]
    [InlineData("using var f = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: "
        + "0); Transfer.Copy(f, a);")]
    [InlineData("using var f = new FileStream(path, FileMode.Open); f.ReadByte(); Transfer.Copy(f, a);")]
    [InlineData("using var f = new FileStream(path, FileMode.Open); f.CopyTo(stream);")]
    [InlineData("using var f = new FileStream(path, FileMode.Open);")]
    [InlineData("using var f = new FileStream(path, new FileStreamOptions()); Transfer.Copy(f, a);")]
    [InlineData("using var f = new FileStream(handle, FileAccess.Read); Transfer.Copy(f, a);")]
    [InlineData("using var f = new FileStream(path, FileMode.Open); Transfer.Copy(f, a); new "
        + "StreamReader(f).ReadLine();")]
    public Task Not_found(string source) => Verify.Body(source);

    [Fact]
    public Task What_was_left_out_is_written_down()
        => Verify.Fix<UnbufferedFileFix>(
            """
            using var f = {|ZC1014:new FileStream(path, FileMode.Open)|};
            using var g = {|ZC1014:new FileStream(path, FileMode.Append)|};
            Transfer.Copy(f, g);
            """,
            """
            using var f = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
            using var g = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
            Transfer.Copy(f, g);
            """);

    [Fact]
    public Task What_was_written_stays()
        => Verify.Fix<UnbufferedFileFix>(
            """
            using FileStream f = {|ZC1014:new(path, FileMode.Open, FileAccess.Read)|};
            Transfer.Copy(f, a);
            """,
            """
            using FileStream f = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            Transfer.Copy(f, a);
            """);
}

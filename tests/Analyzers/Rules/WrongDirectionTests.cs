namespace Zerocopy.Analyzers.Tests;

/// <summary>ZC1025.</summary>
public sealed class WrongDirectionTests
{
    [Theory]
    [InlineData("Transfer.Copy(a, {|ZC1025:File.OpenRead(path)|});")]
    [InlineData("using var f = File.OpenWrite(path); Transfer.Copy({|ZC1025:f|}, a);")]
    [InlineData("using Stream f = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.None, 0); "
        + "Transfer.Copy({|ZC1025:f|}, a);")]
    [InlineData("Transfer.Copy({|ZC1025:new FileStream(path, FileMode.Append)|}, a);")]
    [InlineData("Transfer.Copy(a, {|ZC1025:pipe.AsReadStream()|});")]
    [InlineData("pipe.Tee({|ZC1025:File.OpenRead(path)|});")]
    [InlineData("_ = Relay.RunAsync({|ZC1025:File.OpenRead(path)|}, a);")]
    [InlineData("Transfer.Copy(a, {|ZC1025:new FileInfo(path).OpenRead()|});")]
    [InlineData("Transfer.Copy(a, {|ZC1025:File.OpenHandle(path, FileMode.Open, FileAccess.Read)|});")]
    [InlineData("Transfer.Copy(a, {|ZC1025:File.Open(path, FileMode.Open, FileAccess.Read)|});")]
    public Task Found(string source) => Verify.Body(source);

    [Theory]
    [InlineData("Transfer.Copy(File.OpenRead(path), File.OpenWrite(path)); Transfer.Copy(a, File.Create(path));")]
    [InlineData("Transfer.Copy(pipe.AsReadStream(), log.AsWriteStream());")]
    [InlineData("Transfer.Copy(a, File.Open(path, FileMode.Open)); Transfer.Copy(File.Open(path, FileMode.Open, "
        + "FileAccess.ReadWrite), a);")]
    [InlineData("FileStream f = File.OpenRead(path); f = file; Transfer.Copy(a, f);")]
    [InlineData("Transfer.Copy(a, yes ? File.OpenRead(path) : file);")]
    [InlineData("Transfer.Copy(a, new FileStream(handle, FileAccess.Write));")]
    [InlineData("Transfer.Copy(a, new FileStream(path, FileMode.Create)); Transfer.Copy(new FileStream(path, "
        + "FileMode.Open), a);")]
    public Task Not_found(string source) => Verify.Body(source);
}

namespace Zerocopy.Analyzers.Tests;

/// <summary>ZC1006.</summary>
public sealed class IntoItselfTests
{
    [Theory]
    [InlineData("pipe.Tee({|ZC1006:pipe|});")]
    [InlineData("pipe.ReadFrom({|ZC1006:pipe|});")]
    [InlineData("pipe.WriteTo({|ZC1006:pipe|});")]
    [InlineData("Transfer.Copy(pipe, {|ZC1006:pipe|});")]
    [InlineData("var same = pipe; Transfer.Copy(same, {|ZC1006:pipe|});")]
    [InlineData("pipe.WriteTo({|ZC1006:pipe.AsWriteStream()|});")]
    [InlineData("using Stream end = pipe.AsReadStream(); pipe.ReadFrom({|ZC1006:end|});")]
    [InlineData("Transfer.Copy(TransferEndpoint.FromPipe(pipe), {|ZC1006:pipe|});")]
    [InlineData("Transfer.Copy(a, b, {|ZC1006:new TransferOptions { Mirror = b }|});")]
    [InlineData("Transfer.Copy(client, b, {|ZC1006:new TransferOptions { Mirror = client.GetStream() }|});")]
    public Task Found(string source) => Verify.Body(source);

    [Theory]
    [InlineData("pipe.Tee(log); Transfer.Copy(pipe, a);")]
    [InlineData("Transfer.Copy(a, a);")]
    [InlineData("_ = Relay.RunAsync(network, network);")]
    [InlineData("Pipe other = pipe; if (yes) other = log; Transfer.Copy(pipe, other);")]
    [InlineData("Transfer.Copy(pipe, log); Transfer.Copy(log, a);")]
    [InlineData("Transfer.Copy(a, b, new TransferOptions { Mirror = file });")]
    [InlineData("pipe = log; pipe.Tee(log);")]
    [InlineData("Action<Pipe> go = p => p.Tee(log); go(log);")]
    public Task Not_found(string source) => Verify.Body(source);

    [Fact]
    public Task Fields_of_one_object_are_told_apart()
        => Verify.File("""
            class C(C other)
            {
                private readonly Pipe _pipe = Pipe.Create();
                private Pipe _open = Pipe.Create();
                void Same() => _pipe.Tee({|ZC1006:_pipe|});
                void Others() { _pipe.Tee(other._pipe); _open.Tee(_open); }
            }
            """);
}

using Zerocopy.Analyzers.CodeFixes;

namespace Zerocopy.Analyzers.Tests;

/// <summary>ZC1002.</summary>
public sealed class BufferedStreamTests
{
    [Theory]
    [InlineData("Transfer.Copy(a, {|ZC1002:new BufferedStream(network)|});")]
    [InlineData("var s = new BufferedStream(network); Transfer.Copy({|ZC1002:s|}, file);")]
    [InlineData("using Stream s = new BufferedStream(stream, 16); Transfer.Copy(a, {|ZC1002:s|});")]
    [InlineData("pipe.Tee({|ZC1002:new BufferedStream(file)|});")]
    [InlineData("_ = Relay.RunAsync(a, {|ZC1002:new BufferedStream(network)|});")]
    public Task Found(string source) => Verify.Body(source);

    [Theory]
    [InlineData("var s = new BufferedStream(network); Transfer.Copy(a, s.UnderlyingStream);")]
    [InlineData("Stream s = new BufferedStream(network); s = network; Transfer.Copy(a, s);")]
    [InlineData("Transfer.Copy(a, yes ? new BufferedStream(network) : stream);")]
    [InlineData("Transfer.Copy(a, new BufferedStream(network), new TransferOptions { Mode = TransferMode.CopyOnly });")]
    [InlineData("network.CopyTo(new BufferedStream(file));")]
    [InlineData("Action<Stream> go = s => Transfer.Copy(a, s); go(new BufferedStream(file));")]
    public Task Not_found(string source) => Verify.Body(source);

    [Fact]
    public Task A_destination_is_flushed_first()
        => Verify.Fix<BufferedStreamFix>(
            """
            var s = new BufferedStream(network);
            Transfer.Copy(a, {|ZC1002:s|}); // and on
            """,
            """
            var s = new BufferedStream(network);
            s.Flush();
            Transfer.Copy(a, s.UnderlyingStream); // and on
            """);

    [Fact]
    public Task One_that_is_new_is_left_out()
        => Verify.Fix<BufferedStreamFix>(
            "Transfer.Copy({|ZC1002:new BufferedStream(network)|}, {|ZC1002:new BufferedStream(file, 1)|});",
            "Transfer.Copy(network, file);");

    [Fact]
    public Task A_source_may_have_been_read()
        => Verify.NoFix<BufferedStreamFix>("""
        var s = new BufferedStream(network);
        Transfer.Copy({|ZC1002:s|}, a);
        """);
}

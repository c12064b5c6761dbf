using Zerocopy.Analyzers.CodeFixes;

namespace Zerocopy.Analyzers.Tests;

/// <summary>ZC1015.</summary>
public sealed class SyncInAsyncTests
{
    [Theory]
    [InlineData("{|ZC1015:Transfer.Copy(a, b)|};")]
    [InlineData("{|ZC1015:pipe.ReadFrom(a)|}; {|ZC1015:pipe.WriteTo(b, token)|};")]
    [InlineData("var n = {|ZC1015:Transfer.Copy(a, b, new TransferOptions(), token)|}.BytesWritten;")]
    [InlineData("Func<Task> go = async () => { await Task.Yield(); {|ZC1015:Transfer.Copy(a, b)|}; };")]
    public Task Found(string source) => Verify.AsyncBody(source);

    [Theory]
    [InlineData("await Transfer.CopyAsync(a, b, cancellationToken: token);")]
    [InlineData("await Task.Run(() => Transfer.Copy(a, b), token);")]
    [InlineData("void Inner() => Transfer.Copy(a, b);  Inner();")]
    [InlineData("lock (buffer) { Transfer.Copy(a, b); }")]
    [InlineData("pipe.Write(buffer); _ = pipe.Read(buffer);")]
    public Task Not_found(string source) => Verify.AsyncBody(source);

    [Theory]
    [InlineData("Transfer.Copy(a, b);")]
    [InlineData("Action go = () => Transfer.Copy(a, b);")]
    public Task Not_found_where_nothing_can_be_awaited(string source) => Verify.Body(source);

    [Fact]
    public Task The_token_is_passed_on()
        => Verify.AsyncFix<AsyncTransferFix>(
            """
            {|ZC1015:Transfer.Copy(a, b)|};
            var r = {|ZC1015:Transfer.Copy(a, b, new TransferOptions())|};
            """,
            """
            await Transfer.CopyAsync(a, b, cancellationToken: token);
            var r = await Transfer.CopyAsync(a, b, new TransferOptions(), token);
            """);

    [Fact]
    public Task By_name_where_something_is_left_out()
        => Verify.AsyncFix<AsyncTransferFix>(
            """
            {|ZC1015:pipe.ReadFrom(a)|};
            {|ZC1015:pipe.ReadFrom(a, true)|};
            {|ZC1015:pipe.WriteTo(destination: b)|};
            """,
            """
            await pipe.ReadFromAsync(a, cancellationToken: token);
            await pipe.ReadFromAsync(a, true, token);
            await pipe.WriteToAsync(destination: b, cancellationToken: token);
            """);

    [Fact]
    public Task In_parentheses_where_its_result_is_used()
        => Verify.AsyncFix<AsyncTransferFix>(
            "long n = {|ZC1015:Transfer.Copy(a, b, cancellationToken: token)|}.BytesWritten;",
            "long n = (await Transfer.CopyAsync(a, b, cancellationToken: token)).BytesWritten;");

    [Fact]
    public Task Found_in_top_level_statements_that_await()
        => Verify.File(
            "await Task.Yield(); {|ZC1015:Transfer.Copy(File.OpenRead(\"a\"), new Socket(SocketType.Stream, "
                + "ProtocolType.Tcp))|};",
            output: Microsoft.CodeAnalysis.OutputKind.ConsoleApplication);

    [Fact]
    public Task Not_found_in_top_level_statements_that_do_not()
        => Verify.File(
            "Transfer.Copy(File.OpenRead(\"a\"), new Socket(SocketType.Stream, ProtocolType.Tcp));",
            output: Microsoft.CodeAnalysis.OutputKind.ConsoleApplication);
}

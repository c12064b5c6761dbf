using Zerocopy.Analyzers.CodeFixes;

namespace Zerocopy.Analyzers.Tests;

/// <summary>ZC1008.</summary>
public sealed class BoundedResultIgnoredTests
{
    [Theory]
    [InlineData("{|ZC1008:Transfer.Copy(a, b, new TransferOptions { LimitBytes = 10 })|};")]
    [InlineData("var o = new TransferOptions { LimitBytes = path.Length }; {|ZC1008:Transfer.Copy(a, b, o)|};")]
    [InlineData("{|ZC1008:Transfer.Copy(a, b, new() { LimitBytes = 10, KeepUndelivered = true }, default)|};")]
    public Task Found(string source) => Verify.Body(source);

    [Theory]
    [InlineData("await {|ZC1008:Transfer.CopyAsync(a, b, new TransferOptions { LimitBytes = 10 }, token)|};")]
    [InlineData("await {|ZC1008:Transfer.CopyAsync(a, b, new TransferOptions { LimitBytes = 10 "
        + "})|}.ConfigureAwait(false);")]
    public Task Found_async(string source) => Verify.AsyncBody(source);

    [Theory]
    [InlineData("Transfer.Copy(a, b); Transfer.Copy(a, b, new TransferOptions { BytesPerSecond = 10 });")]
    [InlineData("var r = Transfer.Copy(a, b, new TransferOptions { LimitBytes = 10 });")]
    [InlineData("_ = Transfer.Copy(a, b, new TransferOptions { LimitBytes = 10 });")]
    [InlineData("if (Transfer.Copy(a, b, new TransferOptions { LimitBytes = 10 }).BytesWritten < 10) return;")]
    [InlineData("Transfer.Copy(a, b, new TransferOptions { LimitBytes = null });")]
    [InlineData("Transfer.Copy(a, b, new TransferOptions { LimitBytes = 0 });")]
    [InlineData("TransferResult Go() => Transfer.Copy(a, b, new TransferOptions { LimitBytes = 10 });")]
    public Task Not_found(string source) => Verify.Body(source);

    [Theory]
    [InlineData("var r = await Transfer.CopyAsync(a, b, new TransferOptions { LimitBytes = 10 }, token);")]
    [InlineData("var t = Transfer.CopyAsync(a, b, new TransferOptions { LimitBytes = 10 }).AsTask(); await t;")]
    public Task Not_found_async(string source) => Verify.AsyncBody(source);

    [Fact]
    public Task The_end_is_checked()
        => Verify.Fix<CheckLimitFix>(
            "{|ZC1008:Transfer.Copy(a, b, new TransferOptions { LimitBytes = 10 })|}; // ten",
            """
            TransferResult result = Transfer.Copy(a, b, new TransferOptions { LimitBytes = 10 });
            if (result.EndedBy != TransferEnd.LimitReached)
            {
                throw new EndOfStreamException();
            } // ten
            """);

    [Fact]
    public Task Also_of_what_is_awaited()
        => Verify.AsyncFix<CheckLimitFix>(
            """
            int result = 1;
            await {|ZC1008:Transfer.CopyAsync(a, b, new TransferOptions { LimitBytes = result })|};
            """,
            """
            int result = 1;
            TransferResult result2 = await Transfer.CopyAsync(a, b, new TransferOptions { LimitBytes = result });
            if (result2.EndedBy != TransferEnd.LimitReached)
            {
                throw new EndOfStreamException();
            }
            """);

    [Fact]
    public Task Not_where_a_second_statement_has_no_room()
        => Verify.NoFix<CheckLimitFix>(
            "if (yes) {|ZC1008:Transfer.Copy(a, b, new TransferOptions { LimitBytes = 10 })|};");
}

using Zerocopy.Analyzers.CodeFixes;

namespace Zerocopy.Analyzers.Tests;

/// <summary>ZC1026. Its forms are in Forms/forgotten.txt.</summary>
public sealed class NotAwaitedTests
{
    [Fact]
    public Task It_is_awaited()
        => Verify.FixFile<AwaitCallFix>(
            """
            class C
            {
                async Task M(Socket a, Socket b)
                {
                    await Task.Yield();
                    {|ZC1026:Transfer.CopyAsync(a, b)|};
                    var t = {|ZC1026:Relay.RunAsync(a, b)|};
                }
            }
            """,
            """
            class C
            {
                async Task M(Socket a, Socket b)
                {
                    await Task.Yield();
                    await Transfer.CopyAsync(a, b);
                    var t = await Relay.RunAsync(a, b);
                }
            }
            """);

    [Theory]
    [InlineData("{|ZC1026:Transfer.CopyAsync(a, b)|};")]
    [InlineData("Action go = async () => { await Task.Yield(); ValueTask<TransferResult> t = "
        + "{|ZC1026:Transfer.CopyAsync(a, b)|}; };")]
    [InlineData("Action go = () => {|ZC1026:Transfer.CopyAsync(a, b)|};")]
    public Task Not_where_that_is_not_all_there_is_to_do(string statements) => Verify.NoFix<AwaitCallFix>(statements);
}

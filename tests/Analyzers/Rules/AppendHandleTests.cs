using Zerocopy.Analyzers.CodeFixes;

namespace Zerocopy.Analyzers.Tests;

/// <summary>ZC1003.</summary>
public sealed class AppendHandleTests
{
    [Theory]
    [InlineData("var h = File.OpenHandle(path, FileMode.Append, FileAccess.Write); Transfer.Copy(a, {|ZC1003:h|});")]
    [InlineData("using SafeFileHandle h = File.OpenHandle(path, FileMode.Append, FileAccess.Write); "
        + "Transfer.Copy(a, {|ZC1003:h|});")]
    [InlineData("var h = File.OpenHandle(path, FileMode.Append, FileAccess.Write); pipe.WriteTo({|ZC1003:h|});")]
    [InlineData("var h = File.OpenHandle(path, mode: FileMode.Append, access: FileAccess.Write); "
        + "pipe.Tee({|ZC1003:TransferEndpoint.FromHandle(h)|});")]
    public Task Found(string source) => Verify.Body(source);

    [Theory]
    [InlineData("var h = File.OpenHandle(path, FileMode.Append, FileAccess.Write); Transfer.Copy(a, "
        + "TransferEndpoint.FromHandle(h, RandomAccess.GetLength(h)));")]
    [InlineData("var h = File.OpenHandle(path, FileMode.Create, FileAccess.Write); Transfer.Copy(a, h);")]
    [InlineData("var h = File.OpenHandle(path); Transfer.Copy(h, a);")]
    [InlineData("var h = File.OpenHandle(path, FileMode.Append, FileAccess.Write); h = handle; Transfer.Copy(a, h);")]
    [InlineData("Transfer.Copy(a, new FileStream(path, FileMode.Append));")]
    [InlineData("Transfer.Copy(a, handle);")]
    public Task Not_found(string source) => Verify.Body(source);

    [Fact]
    public Task The_length_is_passed()
        => Verify.Fix<AppendHandleFix>(
            """
            var h = File.OpenHandle(path, FileMode.Append, FileAccess.Write);
            Transfer.Copy(a, {|ZC1003:h|});
            """,
            """
            var h = File.OpenHandle(path, FileMode.Append, FileAccess.Write);
            Transfer.Copy(a, TransferEndpoint.FromHandle(h, RandomAccess.GetLength(h)));
            """);

    [Fact]
    public Task Also_to_a_factory()
        => Verify.Fix<AppendHandleFix>(
            """
            var h = File.OpenHandle(path, FileMode.Append, FileAccess.Write);
            Transfer.Copy(a, {|ZC1003:TransferEndpoint.FromHandle(h)|});
            """,
            """
            var h = File.OpenHandle(path, FileMode.Append, FileAccess.Write);
            Transfer.Copy(a, TransferEndpoint.FromHandle(h, RandomAccess.GetLength(h)));
            """);
}

using Zerocopy.Analyzers.CodeFixes;

namespace Zerocopy.Analyzers.Tests;

/// <summary>ZC1004.</summary>
public sealed class CachedHandleTests
{
    [Theory]
    [InlineData("var h = file.SafeFileHandle; file.ReadByte(); Transfer.Copy({|ZC1004:h|}, a);")]
    [InlineData("SafeHandle h = file.SafeFileHandle; _ = file.Read(buffer); Transfer.Copy({|ZC1004:h|}, a);")]
    [InlineData("var h = file.SafeFileHandle; file.Position = 3; Transfer.Copy({|ZC1004:h|}, a);")]
    [InlineData("var h = file.SafeFileHandle; file.Write(buffer); if (yes) { Transfer.Copy(a, {|ZC1004:h|}); }")]
    public Task Found(string source) => Verify.Body(source);

    [Theory]
    [InlineData("var h = file.SafeFileHandle; Transfer.Copy(h, a);")]
    [InlineData("file.ReadByte(); var h = file.SafeFileHandle; Transfer.Copy(h, a);")]
    [InlineData("file.ReadByte(); Transfer.Copy(file.SafeFileHandle, a);")]
    [InlineData("var h = file.SafeFileHandle; if (yes) file.ReadByte(); Transfer.Copy(h, a);")]
    [InlineData("var h = file.SafeFileHandle; stream.ReadByte(); Transfer.Copy(h, a);")]
    [InlineData("var h = file.SafeFileHandle; file.ReadByte(); h = file.SafeFileHandle; Transfer.Copy(h, a);")]
    [InlineData("var h = file.SafeFileHandle; Action later = () => file.ReadByte(); Transfer.Copy(h, a); later();")]
    public Task Not_found(string source) => Verify.Body(source);

    [Fact]
    public Task The_stream_is_passed()
        => Verify.Fix<CachedHandleFix>(
            """
            var h = file.SafeFileHandle;
            file.ReadByte();
            Transfer.Copy({|ZC1004:h|}, a);
            Transfer.Copy({|ZC1004:h|}, b);
            """,
            """
            var h = file.SafeFileHandle;
            file.ReadByte();
            Transfer.Copy(file, a);
            Transfer.Copy(file, b);
            """);
}

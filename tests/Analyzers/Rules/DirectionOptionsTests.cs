using Zerocopy.Analyzers.CodeFixes;

namespace Zerocopy.Analyzers.Tests;

/// <summary>ZC1023.</summary>
public sealed class DirectionOptionsTests
{
    [Theory]
    [InlineData("_ = new RelayOptions { LeftToRight = {|ZC1023:new TransferOptions()|} };")]
    [InlineData("_ = new RelayOptions() with { RightToLeft = {|ZC1023:new TransferOptions { LimitBytes = 1 }|} };")]
    [InlineData("FlowOptions o = new TransferOptions(); _ = new RelayOptions { LeftToRight = {|ZC1023:o|} };")]
    public Task Found(string source) => Verify.Body(source);

    [Theory]
    [InlineData("_ = new RelayOptions { LeftToRight = new FlowOptions { LimitBytes = 1 }, RightToLeft = new() };")]
    [InlineData("FlowOptions o = new TransferOptions(); o = new FlowOptions(); _ = new RelayOptions { "
        + "LeftToRight = o };")]
    [InlineData("FlowOptions o = new TransferOptions(); _ = o;")]
    public Task Not_found(string source) => Verify.Body(source);

    [Fact]
    public Task FlowOptions_take_their_place()
        => Verify.Fix<DirectionOptionsFix>(
            """
            _ = new RelayOptions
            {
                LeftToRight = {|ZC1023:new TransferOptions { LimitBytes = 1 }|},
                RightToLeft = {|ZC1023:new TransferOptions()|},
            };
            """,
            """
            _ = new RelayOptions
            {
                LeftToRight = new FlowOptions { LimitBytes = 1 },
                RightToLeft = new FlowOptions(),
            };
            """);

    [Fact]
    public Task Not_with_what_only_a_transfer_has()
        => Verify.NoFix<DirectionOptionsFix>(
            "_ = new RelayOptions { LeftToRight = {|ZC1023:new TransferOptions { KeepUndelivered = true }|} };");
}

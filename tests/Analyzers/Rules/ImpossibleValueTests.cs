namespace Zerocopy.Analyzers.Tests;

/// <summary>ZC1021.</summary>
public sealed class ImpossibleValueTests
{
    [Theory]
    [InlineData("_ = new TransferOptions { LimitBytes = {|ZC1021:-1|}, BytesPerSecond = {|ZC1021:0|} };")]
    [InlineData("_ = new FlowOptions { BytesPerSecond = {|ZC1021:-5L|} };")]
    [InlineData("_ = new TransferOptions { IdleTimeout = {|ZC1021:TimeSpan.Zero|} };")]
    [InlineData("_ = new TransferOptions() with { IdleTimeout = {|ZC1021:TimeSpan.FromSeconds(0)|} };")]
    [InlineData("_ = new RelayOptions { IdleTimeout = {|ZC1021:TimeSpan.FromDays(25)|}, LingerAfterHalfClose = "
        + "{|ZC1021:default|} };")]
    [InlineData("_ = new RelayOptions { LingerAfterHalfClose = {|ZC1021:TimeSpan.FromSeconds(-1.5)|}, "
        + "IdleTimeout = {|ZC1021:TimeSpan.MaxValue|} };")]
    [InlineData("_ = new TeeOptions { CapacityBytes = {|ZC1021:0|} };")]
    [InlineData("using var p = Pipe.Create({|ZC1021:0|}); p.Capacity = {|ZC1021:-4096|};")]
    [InlineData("const int Size = -1; using var p = Pipe.Create(capacity: {|ZC1021:Size|});")]
    [InlineData("Transfer.Copy(TransferEndpoint.FromHandle(handle, {|ZC1021:-1|}), a);")]
    public Task Found(string source) => Verify.Body(source);

    [Theory]
    [InlineData("_ = new TransferOptions { LimitBytes = 0, BytesPerSecond = 1, IdleTimeout = "
        + "Timeout.InfiniteTimeSpan };")]
    [InlineData("_ = new TransferOptions { LimitBytes = null, BytesPerSecond = null, IdleTimeout = "
        + "TimeSpan.FromMilliseconds(-1) };")]
    [InlineData("_ = new RelayOptions { IdleTimeout = TimeSpan.FromDays(24), LingerAfterHalfClose = "
        + "TimeSpan.FromMilliseconds(0.5) };")]
    [InlineData("_ = new TransferOptions { LimitBytes = path.Length - 9, IdleTimeout = "
        + "TimeSpan.FromSeconds(path.Length) };")]
    [InlineData("using var p = Pipe.Create(); using var q = Pipe.Create(null); using var r = Pipe.Create(1); "
        + "r.Capacity = buffer.Length;")]
    [InlineData("Transfer.Copy(TransferEndpoint.FromHandle(handle, 0), a); file.Position = 0; a.ReceiveTimeout = 0;")]
    [InlineData("_ = new Other { LimitBytes = -1 };")]
    public Task Not_found(string source)
        => Verify.File(Wrap.Body(source) + "class Other { public int LimitBytes { get; init; } }");
}

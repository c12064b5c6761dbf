namespace Zerocopy.Analyzers.Tests;

/// <summary>ZC1011.</summary>
public sealed class BufferedReaderTests
{
    [Theory]
    [InlineData("var r = new StreamReader(network); r.ReadLine(); Transfer.Copy({|ZC1011:network|}, file);")]
    [InlineData("using var r = new StreamReader(client.GetStream(), Encoding.ASCII); var line = r.ReadLine(); "
        + "Transfer.Copy({|ZC1011:client|}, file);")]
    [InlineData("new StreamReader(network).ReadLine(); pipe.ReadFrom({|ZC1011:network|});")]
    [InlineData("var r = new BufferedStream(network); r.ReadByte(); Transfer.Copy({|ZC1011:network|}, file);")]
    [InlineData("var r = PipeReader.Create(network); r.ReadAsync().AsTask().Wait(); _ = "
        + "Relay.RunAsync({|ZC1011:network|}, a);")]
    [InlineData("var r = new StreamReader(new NetworkStream(a)); r.Read(); Transfer.Copy({|ZC1011:a|}, file);")]
    public Task Found(string source) => Verify.Body(source);

    [Theory]
    [InlineData("var r = new StreamReader(network); while (await r.ReadLineAsync(token) is { }) { } await "
        + "r.ReadLineAsync(token); await Transfer.CopyAsync({|ZC1011:network|}, file);")]
    public Task Found_async(string source) => Verify.AsyncBody(source);

    [Theory]
    [InlineData("var r = new StreamReader(network); Transfer.Copy(network, file);")]
    [InlineData("var r = new StreamReader(network); r.ReadLine(); Transfer.Copy(file, network);")]
    [InlineData("var r = new StreamReader(network); if (yes) r.ReadLine(); Transfer.Copy(network, file);")]
    [InlineData("var r = new StreamReader(network); r.ReadLine(); Transfer.Copy(a, file);")]
    [InlineData("var r = new BinaryReader(network); r.ReadInt32(); Transfer.Copy(network, file);")]
    [InlineData("_ = network.Read(buffer); Transfer.Copy(network, file);")]
    [InlineData("Transfer.Copy(network, file); new StreamReader(network).ReadLine();")]
    [InlineData("var w = new StreamWriter(network); w.WriteLine(); w.Flush(); Transfer.Copy(network, file);")]
    public Task Not_found(string source) => Verify.Body(source);
}

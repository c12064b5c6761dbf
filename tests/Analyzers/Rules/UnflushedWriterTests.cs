using Zerocopy.Analyzers.CodeFixes;

namespace Zerocopy.Analyzers.Tests;

/// <summary>ZC1028. Its forms are in Forms/readers.txt.</summary>
public sealed class UnflushedWriterTests
{
    [Fact]
    public Task It_is_flushed()
        => Verify.Fix<FlushWriterFix>(
            """
            var w = new StreamWriter(network);
            w.WriteLine(path);
            Transfer.Copy(file, {|ZC1028:network|});
            """,
            """
            var w = new StreamWriter(network);
            w.WriteLine(path);
            w.Flush();
            Transfer.Copy(file, network);
            """);

    [Fact]
    public Task With_a_task_where_that_can_be_awaited()
        => Verify.AsyncFix<FlushWriterFix>(
            """
            var w = new BufferedStream(network);
            w.Write(buffer, 0, 10);
            await file.TransferToAsync({|ZC1028:w.UnderlyingStream|});
            """,
            """
            var w = new BufferedStream(network);
            w.Write(buffer, 0, 10);
            await w.FlushAsync();
            await file.TransferToAsync(w.UnderlyingStream);
            """);

    [Fact]
    public Task Not_where_no_statement_can_stand_beside()
        => Verify.NoFix<FlushWriterFix>("""
        var w = new StreamWriter(network);
        w.WriteLine(path);
        if (yes) Transfer.Copy(file, {|ZC1028:network|});
        """);
}

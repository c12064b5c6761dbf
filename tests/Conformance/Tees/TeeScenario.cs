// Whole streams through tees; also run by children that have lost tee(2) or all of Zerocopy.Sys.
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Tees;

internal static class TeeScenario
{
    /// <summary>More than any pipe here holds.</summary>
    private const int Total = 300_007;

    private const string HelloText = "hello world";

    /// <summary>All the bytes of a pipe leave it in one way, and every target gets each of them once.</summary>
    /// <returns>What each target reported.</returns>
    internal static async Task<TeeResult[]> Everybody_gets_everything(Way way, int total, params TargetKind[] kinds)
    {
        using Pipe pipe = Pipe.Create();
        Target[] targets = [.. kinds.Select(kind => new Target(kind))];
        try
        {
            Tee[] tees = [.. targets.Select(target => pipe.Tee(target.Endpoint))];
            for (int i = 0; i < targets.Length; i++)
            {
                targets[i].Read(chunk: 50_000 >> (4 * (i % 3)));
            }

            Task<long> writer = PipePeer.Write(pipe, total, seed: (int)way);
            using MainFlow main = new(pipe, way);
            await main.AssertMoves(total);
            Assert.Equal(total, await writer.Within("the writer"));
            TeeResult[] results = await Task.WhenAll(tees.Select(tee => tee.Completion)).Within("the tees");
            for (int i = 0; i < targets.Length; i++)
            {
                AssertWhole(results[i], total, isPipe: targets[i].Pipe is not null);
                Assert.Equal(total, tees[i].BytesMirrored);
                await targets[i].AssertGot(total);
            }

            return results;
        }
        finally
        {
            Array.ForEach(targets, target => target.Dispose());
        }
    }

    /// <inheritdoc cref="Everybody_gets_everything(Way, int, TargetKind[])"/>
    internal static Task<TeeResult[]> Everybody_gets_everything(Way way, params TargetKind[] kinds)
        => Everybody_gets_everything(way, Total, kinds);

    /// <summary>Each pipe is teed into the next one; everybody reads his own.</summary>
    internal static async Task Chain(int length)
    {
        byte[] hello = [.. Pattern.Ascii(HelloText).Span];
        Pipe[] pipes = [.. Enumerable.Range(0, length + 1).Select(_ => Pipe.Create())];
        try
        {
            List<Tee> tees = [];
            for (int i = 0; i < length; i++)
            {
                tees.Add(pipes[i].Tee(pipes[i + 1]));
            }

            Task<byte[]>[] readers = [.. pipes[1..].Select(pipe => Deadline.OnThread(() => ReadAll(pipe)))];
            pipes[0].Write(hello);
            pipes[0].CloseWrite();
            await pipes[0].AsReadStream().CopyToAsync(Stream.Null).Within("the first pipe");
            foreach (byte[] got in await Task.WhenAll(readers).Within("the others"))
            {
                Assert.Equal(hello, got);
            }

            foreach (Tee tee in tees)
            {
                AssertWhole(await tee.Completion.Within("a tee"), hello.Length, isPipe: true);
            }
        }
        finally
        {
            Array.ForEach(pipes, pipe => pipe.Dispose());
        }
    }

    /// <summary>A stalled target holds up the reader, and nothing is lost.</summary>
    internal static async Task Waits(TargetKind kind)
    {
        const int Count = 2_000_003;
        using Pipe pipe = Pipe.Create();
        using Target target = new(kind, bufferBytes: 32_768);
        Tee tee = pipe.Tee(target.Endpoint, new TeeOptions { CapacityBytes = 16_384 });
        Task<long> writer = PipePeer.Write(pipe, Count);
        using MainFlow main = new(pipe, Way.ReadAsync);
        Task<long> running = main.Start();
        await PipePeer.AtRest("the main flow", () => main.Count);
        Assert.False(running.IsCompleted || writer.IsCompleted);
        Assert.InRange(main.Count, 1, tee.BytesMirrored);
        target.Read();
        Assert.Equal(Count, await running.Within("the main flow"));
        Assert.Equal(Count, await writer.Within("the writer"));
        AssertWhole(await tee.Completion.Within("the tee"), Count, target.Pipe is not null);
        await target.AssertGot(Count);
    }

    /// <summary>A stalled target is left behind, with a beginning.</summary>
    internal static async Task Detaches(TargetKind kind)
    {
        using Pipe pipe = Pipe.Create();
        using Target target = new(kind, bufferBytes: 32_768);
        Tee tee = pipe.Tee(target.Endpoint, new TeeOptions { CapacityBytes = 16_384, OnLag = TeeLag.Detach });
        Task<long> writer = PipePeer.Write(pipe, Total);
        using MainFlow main = new(pipe, Way.WriteToAsync);
        await main.AssertMoves(Total);
        Assert.Equal(Total, await writer.Within("the writer"));
        target.Read();
        TeeResult result = await tee.Completion.Within("the tee");
        Assert.Equal(TeeEnd.Lagged, result.EndedBy);
        Assert.InRange(result.BytesTeed + result.BytesCopied, 1, Total - 1);
        await target.AssertGot(result.BytesMirrored, cut: true);
    }

    /// <summary>A target whose reader is gone is left behind, or stops the others before a byte too many.</summary>
    internal static async Task LosesItsReader(TeeFailure onFailure)
    {
        using Pipe pipe = Pipe.Create();
        using Pipe target = Pipe.Create();
        Tee tee = pipe.Tee(target, new TeeOptions { OnFailure = onFailure });
        pipe.Write(Pattern.Default.Slice(0, 1000).Span);
        await PipePeer.ReadExactly(pipe, 1000).Within("the first bytes");
        await PipePeer.ReadExactly(target, 1000).Within("the target");
        target.CloseRead();
        pipe.Write(Pattern.Default.Slice(1000, 1000).Span);
        pipe.CloseWrite();
        if (onFailure == TeeFailure.Stop)
        {
            await Assert.ThrowsAnyAsync<IOException>(() => PipePeer.ReadAll(pipe, 1000).Within("the main reader"));
            Assert.Equal(1000, pipe.Available);
        }
        else
        {
            Assert.Equal(1000, await PipePeer.ReadAll(pipe, 1000).Within("the main reader"));
        }

        TeeResult result = await tee.Completion.Within("the tee");
        Assert.Equal((TeeEnd.Failed, 1000), (result.EndedBy, result.BytesMirrored));
        Assert.NotNull(result.Exception);
    }

    internal static void AssertWhole(TeeResult result, long count, bool isPipe)
    {
        Assert.Null(result.Exception);
        Assert.Equal((TeeEnd.EndOfStream, count), (result.EndedBy, result.BytesMirrored));
        Assert.Equal(count, result.BytesTeed + result.BytesCopied);
        Assert.Equal(isPipe, result.Delivery is null);
        if (result.Delivery is { } delivery)
        {
            Assert.Equal(
                (TransferEnd.EndOfStream, count, count),
                (delivery.EndedBy, delivery.BytesConsumed, delivery.BytesWritten));
        }
    }

    private static byte[] ReadAll(Pipe pipe)
    {
        using MemoryStream all = new();
        byte[] buffer = new byte[7];
        for (int count; (count = pipe.Read(buffer)) > 0;)
        {
            all.Write(buffer, 0, count);
        }

        return all.ToArray();
    }
}

// Readers and writers of System.IO.Pipelines as ends, cancelled and limited at any moment: no byte is lost, none comes
// twice, and what was not taken is still in the reader.
using System.Buffers;
using System.IO.Pipelines;
using Xunit;
using Zerocopy.Properties.Simulation;

namespace Zerocopy.Properties.Identity;

[Collection(nameof(RealKernel))]
public sealed class PipelineIdentityTests(ITestOutputHelper output)
{
    private const int Cases = 150;
    private const int BytesMax = 300_000;
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(20);

    private int _canceled;
    private int _limited;
    private long _undelivered;

    [Fact]
    public async Task Whatever_stops_it_the_next_transfer_goes_on_where_it_was()
    {
        for (ulong seed = 1; seed <= Cases; seed++)
        {
            try
            {
                await Run(new SimRandom(seed)).WaitAsync(s_timeout, TestContext.Current.CancellationToken);
            }
            catch (Exception e)
            {
                throw new LawBrokenException($"pipeline case {seed}: {e}");
            }
        }

        output.WriteLine($"{_canceled} cancels, {_limited} limits, {_undelivered} bytes handed on");
        Assert.True(_canceled > Cases / 4, $"only {_canceled} cancels came in time");
        Assert.True(_limited > Cases / 4, $"only {_limited} limits were reached");
        Assert.True(_undelivered > 0, "no cancel left a byte to hand on: nothing was asked");
    }

    private async Task Run(SimRandom random)
    {
        byte[] bytes = new byte[random.Below(BytesMax)];
        new Random(random.Below(1 << 20)).NextBytes(bytes);
        Task writing = Source(bytes, random, out PipeReader reader);
        bool isPipeline = random.Chance(50);
        using Route? route = isPipeline ? null : new Route(random.Chance(50), random.Chance(50));
        if (route is not null && random.Chance(50))
        {
            route.To.Ours.SendBufferSize = route.To.Peer.ReceiveBufferSize = 8192; // So that it is full now and then.
        }

        System.IO.Pipelines.Pipe pipe = new(Options(random));
        SimRandom reads = new((ulong)random.Below(1 << 20));
        Task<byte[]> reading = isPipeline ? ReadAll(pipe.Reader, reads) : Task.Run(() => ReadAll(route!, reads));
        TransferEndpoint destination = isPipeline ? pipe.Writer : route!.To.Ours;

        long consumed = 0;
        ReadOnlyMemory<byte> prefix = default;
        for (bool isOver = false; !isOver;)
        {
            using CancellationTokenSource cancel = new();
            TransferOptions options = new()
            {
                KeepUndelivered = true,
                Prefix = prefix,
                LimitBytes = random.Chance(40) ? random.Below(BytesMax / 4) : null,
            };
            try
            {
                Task<TransferResult> transfer = random.Chance(25)
                    ? Task.Run(() => Transfer.Copy(reader, destination, options, cancel.Token))
                    : Transfer.CopyAsync(reader, destination, options, cancel.Token).AsTask();
                await Task.WhenAny(transfer, Task.Delay(random.Below(4)));
                await (random.Chance(70) ? cancel.CancelAsync() : Task.CompletedTask);
                TransferResult result = await transfer;
                consumed += result.BytesConsumed;
                Assert.Equal(result.BytesConsumed + prefix.Length, result.BytesWritten);
                isOver = result.EndedBy == TransferEnd.EndOfStream;
                _limited += isOver ? 0 : 1;
                prefix = default;
            }
            catch (TransferCanceledException e)
            {
                consumed += e.Progress.BytesConsumed;
                Assert.Equal(e.Progress.BytesConsumed + prefix.Length, e.Progress.BytesWritten + e.Undelivered.Length);
                prefix = e.Undelivered;
                _undelivered += prefix.Length;
                _canceled++;
            }
        }

        Assert.Equal(bytes.Length, consumed);
        await pipe.Writer.CompleteAsync();
        route?.To.Ours.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        await writing;
        Assert.Equal(bytes, await reading);
        await reader.CompleteAsync();
    }

    /// <summary>In segments as they come: of any size, some of them empty.</summary>
    private static Task Source(byte[] bytes, SimRandom random, out PipeReader reader)
    {
        if (random.Chance(40))
        {
            reader = PipeReader.Create(Segment.Split(bytes, random));
            return Task.CompletedTask;
        }

        System.IO.Pipelines.Pipe pipe = new(Options(random));
        reader = pipe.Reader;
        SimRandom writes = new((ulong)random.Below(1 << 20));
        return Task.Run(async () =>
        {
            for (int done = 0; done < bytes.Length;)
            {
                int count = Math.Min(1 + writes.Below(20_000), bytes.Length - done);
                await pipe.Writer.WriteAsync(bytes.AsMemory(done, count));
                done += count;
                await (writes.Chance(5) ? Task.Delay(1) : Task.CompletedTask);
            }

            await pipe.Writer.CompleteAsync();
        });
    }

    private static PipeOptions Options(SimRandom random)
    {
        int pause = 1 + random.Below(100_000);
        return new PipeOptions(
            pauseWriterThreshold: pause,
            resumeWriterThreshold: 1 + random.Below(pause),
            minimumSegmentSize: 1 + random.Below(10_000));
    }

    private static async Task<byte[]> ReadAll(PipeReader reader, SimRandom reads)
    {
        using MemoryStream all = new();
        for (ReadResult read = default; !read.IsCompleted;)
        {
            read = await reader.ReadAsync();
            all.Write(read.Buffer.ToArray());
            reader.AdvanceTo(read.Buffer.End);
            await (reads.Chance(10) ? Task.Delay(1) : Task.CompletedTask);
        }

        await reader.CompleteAsync();
        return all.ToArray();
    }

    private static async Task<byte[]> ReadAll(Route route, SimRandom reads)
    {
        using MemoryStream all = new();
        byte[] buffer = new byte[10_000];
        for (int count; (count = route.To.Peer.Receive(buffer)) > 0;)
        {
            all.Write(buffer, 0, count);
            await (reads.Chance(10) ? Task.Delay(1) : Task.CompletedTask);
        }

        return all.ToArray();
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        private Segment(ReadOnlyMemory<byte> memory, long at)
        {
            Memory = memory;
            RunningIndex = at;
        }

        internal static ReadOnlySequence<byte> Split(byte[] bytes, SimRandom random)
        {
            Segment first = new(default, 0);
            Segment last = first;
            for (int done = 0; done < bytes.Length;)
            {
                int count = random.Chance(20) ? 0 : Math.Min(random.Below(50_000), bytes.Length - done);
                Segment next = new(bytes.AsMemory(done, count), done);
                last.Next = next;
                last = next;
                done += count;
            }

            return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
        }
    }
}

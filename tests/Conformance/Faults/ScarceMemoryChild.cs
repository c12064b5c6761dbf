// A process whose blocks may take nothing: everything that can be is looked at, sent, and taken; the rest has 4 KiB.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;
using Zerocopy.Conformance.Metrics;

namespace Zerocopy.Conformance.Faults;

internal sealed class ScarceMemoryChild : IChild
{
    private const int Bytes = 150_001;

    public int Run(string[] args)
    {
        AppContext.SetData(BlockBudget.FirstMarkSetting, args[0] == "setting" ? "much" : "0");
        AppContext.SetData(BlockBudget.SecondMarkSetting, "0");
        (args[0] switch
        {
            "pairs" => Pairs(),
            "marks" => Marks(),
            "cancel" => Cancel(),
            "ends" => OtherEnds(),
            "reads" => PendingReads(),
            "meter" => Metered(),
            "setting" => WrongSetting(),
            _ => NoMemoryAtAll(),
        }).Within(args[0], 25_000).GetAwaiter().GetResult();
        Console.WriteLine("done");
        return 0;
    }

    private static async Task Pairs()
    {
        foreach (TheoryDataRow<Family, Family, TransferMode, Call> row in Matrix.All)
        {
            (Family source, Family destination, TransferMode mode, Call call) = row.Data;
            foreach (int chunk in (int[])[3000, 100_000])
            {
                using Rig rig = new(source, destination, bufferBytes: 64 * 1024);
                Task<long> writer = Peer.Write(rig.Writer, Bytes, chunk, start: 100, finish: false);
                Task<Received> reader = Peer.Read(rig.Reader, chunk: 5000);
                TransferOptions options = new()
                {
                    Mode = mode,
                    LimitBytes = Bytes - 1,
                    Prefix = Pattern.Default.Slice(0, 100),
                };
                ResultAssert.Moved(
                    await rig.Start(call, options).Within($"{source} {destination} {mode} {call}"),
                    Bytes - 1,
                    mode,
                    prefix: 100);
                rig.Destination.Shutdown(SocketShutdown.Send);
                Assert.Equal(Bytes, await writer);
                Assert.Equal(Bytes - 1 + 100, (await reader).Count);
                Assert.Equal(1, rig.Source.Available); // Not a byte too many was taken.
            }
        }

        Assert.True(Peeked() > 0, "nothing was peeked");
    }

    /// <summary>An urgent byte, and passed descriptors: where a look stops, a take does.</summary>
    private static async Task Marks()
    {
        foreach (Call call in Enum.GetValues<Call>())
        {
            using Rig rig = new(Family.Tcp, Family.Unix, bufferBytes: 16 * 1024);
            Task<TransferResult> transfer = rig.Start(call, new TransferOptions { Mode = TransferMode.CopyOnly });
            Task<Received> reader = Peer.Read(rig.Reader);
            await Peer.Write(rig.Writer, Bytes, finish: false);
            rig.Writer.Send("!"u8, SocketFlags.OutOfBand);
            await Peer.Write(rig.Writer, Bytes, start: Bytes);
            ResultAssert.Moved(await transfer, 2 * Bytes, TransferMode.CopyOnly);
            rig.Destination.Shutdown(SocketShutdown.Send);
            await Peer.AssertAll(2 * Bytes, Task.FromResult(2L * Bytes), reader);
        }

        foreach (Call call in Enum.GetValues<Call>())
        {
            using Rig rig = new(Family.Unix, Family.Tcp, bufferBytes: 16 * 1024);
            Task<Received> reader = Peer.Read(rig.Reader);
            for (int at = 0; at < 20_000; at += 1000)
            {
                Assert.Equal(1000, Libc.SendWithDescriptor(rig.Writer, Pattern.Default.Slice(at, 1000).Span, 0));
            }

            rig.Writer.Shutdown(SocketShutdown.Send);
            TransferResult result = await rig.Start(call, new TransferOptions { Mode = TransferMode.CopyOnly });
            ResultAssert.Moved(result, 20_000, TransferMode.CopyOnly);
            rig.Destination.Shutdown(SocketShutdown.Send);
            await Peer.AssertAll(20_000, Task.FromResult(20_000L), reader);
        }

        Assert.True(Peeked() >= 40_000, "hardly anything was peeked");
    }

    /// <summary>A transfer that is stopped has taken what it has written, and the next one goes on there.</summary>
    private static async Task Cancel()
    {
        foreach (Family family in Enum.GetValues<Family>())
        {
            using Rig rig = new(family, family, bufferBytes: 16 * 1024);
            Task<long> writer = Peer.Write(rig.Writer, Bytes);
            TransferOptions options = new() { Mode = TransferMode.CopyOnly, KeepUndelivered = true };
            long written = 0;
            for (int stop = 0; stop < 20; stop++)
            {
                using CancellationTokenSource source = new();
                Task<TransferResult> transfer = rig.Start((Call)(stop & 1), options, source.Token);
                await Task.Delay(5);
                source.Cancel();
                TransferCanceledException e = await Assert.ThrowsAsync<TransferCanceledException>(() => transfer);
                Assert.True(e.Undelivered.IsEmpty);
                Assert.Equal(e.Progress.BytesWritten, e.Progress.BytesConsumed);
                _ = await Peer.ReadExactly(rig.Reader, (int)Math.Min(3000, e.Progress.BytesWritten));
                written += e.Progress.BytesWritten - Math.Min(3000, e.Progress.BytesWritten);
            }

            Assert.True(written > 0);
        }

        await Resume();
    }

    private static async Task Resume()
    {
        using Rig rig = new(Family.Tcp, Family.Unix, bufferBytes: 16 * 1024);
        Task<long> writer = Peer.Write(rig.Writer, Bytes);
        TransferOptions options = new() { Mode = TransferMode.CopyOnly };
        using CancellationTokenSource source = new();
        Task<TransferResult> first = rig.Start(Call.Async, options, source.Token);
        await Task.Delay(50); // It waits for the destination, or is about to.
        source.Cancel();
        _ = await Assert.ThrowsAsync<TransferCanceledException>(() => first);
        Task<Received> reader = Peer.Read(rig.Reader);
        _ = await rig.Start(Call.Sync, options);
        rig.Destination.Shutdown(SocketShutdown.Send);
        await Peer.AssertAll(Bytes, writer, reader);
    }

    /// <summary>Ends that cannot be peeked, or take what they are given with them: the least is enough.</summary>
    private static async Task OtherEnds()
    {
        byte[] sent = Pattern.Default.Slice(0, Bytes).ToArray();
        using (SocketPair pair = SocketPair.Tcp())
        {
            Task<long> writer = Peer.Write(pair.Far, Bytes);
            using MemoryStream memory = new();
            ResultAssert.Moved(await Transfer.CopyAsync(pair.Near, memory), Bytes, TransferMode.CopyOnly);
            Assert.Equal(sent, memory.ToArray());
            _ = await writer;
        }

        using (SocketPair pair = SocketPair.Unix())
        {
            Task<byte[]> reader = Peer.ReadAll(pair.Far);
            using MemoryStream memory = new(sent);
            _ = await Transfer.CopyAsync(memory, pair.Near);
            pair.Near.Shutdown(SocketShutdown.Send);
            Assert.Equal(sent, await reader);
        }

        using (Rig rig = new(Family.Tcp, Family.Tcp))
        using (MemoryStream mirror = new())
        {
            Task<long> writer = Peer.Write(rig.Writer, Bytes);
            Task<Received> reader = Peer.Read(rig.Reader);
            _ = await rig.Start(
                Call.Async, new TransferOptions { Mode = TransferMode.CopyOnly, Mirror = mirror });
            rig.Destination.Shutdown(SocketShutdown.Send);
            await Peer.AssertAll(Bytes, writer, reader);
            Assert.Equal(sent, mirror.ToArray());
        }

        using Pipe pipe = Pipe.Create();
        using Rig piped = new(Family.Tcp, Family.Unix);
        Task<long> written = Peer.Write(piped.Writer, Bytes);
        Task<Received> read = Peer.Read(piped.Reader);
        TransferOptions copy = new() { Mode = TransferMode.CopyOnly };
        Task<TransferResult> fill = Transfer.CopyAsync(piped.Source, pipe, copy).AsTask();
        Task<TransferResult> empty = Transfer.CopyAsync(pipe, piped.Destination, copy).AsTask();
        ResultAssert.Moved(await fill, Bytes, TransferMode.CopyOnly);
        pipe.CloseWrite();
        ResultAssert.Moved(await empty, Bytes, TransferMode.CopyOnly);
        piped.Destination.Shutdown(SocketShutdown.Send);
        await Peer.AssertAll(Bytes, written, read);
    }

    /// <summary>A read that a stream has begun owns its block for as long as it likes.</summary>
    private static async Task PendingReads()
    {
        const int Count = 50;
        SilentStream[] streams = [.. Enumerable.Range(0, Count).Select(_ => new SilentStream())];
        SocketPair[] pairs = [.. Enumerable.Range(0, Count).Select(_ => SocketPair.Tcp())];
        using CancellationTokenSource source = new();
        Task[] transfers =
        [
            .. Enumerable.Range(0, Count).Select(
                i => Transfer.CopyAsync(streams[i], pairs[i].Near, cancellationToken: source.Token).AsTask()),
        ];
        await Deadline.Until("every stream is read", () => streams.All(stream => stream.Asked > 0), 5000);
        Assert.All(streams, stream => Assert.Equal(BlockPool.LeastBytes, stream.Asked));
        Assert.InRange(BlockBudget.Process.Bytes, Count * BlockPool.LeastBytes, (Count + 8) * BlockPool.LeastBytes);
        source.Cancel();
        foreach (Task transfer in transfers)
        {
            _ = await Assert.ThrowsAsync<TransferCanceledException>(() => transfer);
        }

        Array.ForEach(pairs, pair => pair.Dispose());
    }

    private static async Task Metered()
    {
        _ = MoveResources.Shared; // Before anything was moved there is no meter.
        using MeterProbe probe = new();
        using Rig rig = new(Family.Tcp, Family.Tcp);
        Task<long> writer = Peer.Write(rig.Writer, Bytes);
        Task<Received> reader = Peer.Read(rig.Reader);
        TransferResult result = await rig.Start(Call.Async, new TransferOptions { Mode = TransferMode.CopyOnly });
        rig.Destination.Shutdown(SocketShutdown.Send);
        await Peer.AssertAll(Bytes, writer, reader);
        probe.AssertMoved(result);
        Assert.Equal(Bytes, probe.PeekedBytes);
        Assert.InRange(probe.Peeks, 1, Bytes);
        Assert.Equal(BlockPool.LargeBytes, probe.BlockBytes); // The scratch of the one loop that was used.
    }

    private static Task WrongSetting()
    {
        using SocketPair pair = SocketPair.Tcp();
        InvalidOperationException e = Assert.Throws<InvalidOperationException>(
            () => Transfer.Copy(pair.Near, pair.Near, new TransferOptions()));
        Assert.Contains("Zerocopy.BlockBytesFirstMark is 'much'", e.Message, StringComparison.Ordinal);
        return Task.CompletedTask;
    }

    /// <summary>The budget has room and the heap has none: renting finds nothing, or fails, and counts
    /// nothing.</summary>
    private static Task NoMemoryAtAll()
    {
        BlockBudget budget = new(long.MaxValue, long.MaxValue);
        BlockPool pool = new(budget, new FlowTotals(isShared: false));
        List<Block> rented = new(1 << 16);
        foreach (bool small in (bool[])[false, true])
        {
            while (pool.TryRent(small) is { } block)
            {
                rented.Add(block);
            }
        }

        bool isFull = false;
        while (!isFull)
        {
            try
            {
                rented.Add(pool.RentLeast());
            }
            catch (OutOfMemoryException)
            {
                isFull = true;
            }
        }

        (long bytes, int count) = (budget.Bytes, pool.Rented);
        long held = 0;
        foreach (Block block in rented)
        {
            held += block.Size;
        }

        int blocks = rented.Count;
        rented.ForEach(pool.Return);
        rented.Clear();
        pool.Trim();
        Assert.Equal((held, blocks), (bytes, count));
        Assert.Equal((0, 0), (budget.Bytes, pool.Rented));
        pool.Return(pool.TryRent(small: false)!);
        return Task.CompletedTask;
    }

    private static long Peeked()
        => LoopGroup.Default.Hosts.Select(host => host.Resources).Append(MoveResources.Shared)
            .Sum(resources => resources.Totals.PeekedBytes);

    /// <summary>Reads for ever, until it is cancelled.</summary>
    private sealed class SilentStream : AsyncStream
    {
        internal int Asked { get; private set; }

        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Asked = buffer.Length;
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }

        public override ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
            => throw new NotSupportedException();

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

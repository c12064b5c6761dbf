// Several at one pipe, and somebody who disposes it while bytes rush through.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Pipes;

public sealed class BusyPipeTests
{
    private const int Total = 2 << 20;

    // Whoever is faster gets a piece; together they get each byte once, and each sees the end.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.FamiliesCalls), MemberType = typeof(PipeMatrix))]
    public async Task Three_copiers_share_what_comes_out(Family family, Call call)
    {
        using Pipe pipe = Pipe.Create();
        SocketPair[] pairs = [.. Enumerable.Range(0, 3).Select(_ => SocketPair.Connect(family))];
        Task<byte[]>[] readers = [.. pairs.Select(pair => Peer.ReadAll(pair.Far))];
        Task<TransferResult>[] copiers = [.. pairs.Select(pair => PipePeer.WriteTo(call, pipe, pair.Near))];
        byte[] sent = new byte[Total];
        for (int i = 0; i < Total / sizeof(int); i++)
        {
            BitConverter.TryWriteBytes(sent.AsSpan(i * sizeof(int)), i);
        }

        await Deadline.OnThread(() =>
        {
            for (int done = 0; done < Total; done += 4096)
            {
                pipe.Write(sent.AsSpan(done, 4096));
                if (done % (64 * 4096) == 0)
                {
                    Thread.Sleep(1); // All three wait again.
                }
            }

            pipe.CloseWrite();
        }).Within("the writer");
        TransferResult[] results = await Task.WhenAll(copiers).Within("the copiers");
        Assert.Equal(Total, results.Sum(result => result.BytesWritten));
        foreach (SocketPair pair in pairs)
        {
            pair.Near.Shutdown(SocketShutdown.Send);
        }

        byte[][] received = await Task.WhenAll(readers).Within("the readers");
        Assert.Equal(Total, received.Sum(bytes => bytes.Length));
        Assert.Equal(Counts(sent), Counts([.. received.SelectMany(bytes => bytes)]));
        foreach (SocketPair pair in pairs)
        {
            pair.Dispose();
        }
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.FamiliesCalls), MemberType = typeof(PipeMatrix))]
    public async Task Three_copiers_share_the_way_in(Family family, Call call)
    {
        const int Each = 300_000;
        using Pipe pipe = Pipe.Create();
        SocketPair[] pairs = [.. Enumerable.Range(0, 3).Select(_ => SocketPair.Connect(family))];
        Task<TransferResult>[] copiers =
            [.. pairs.Select(pair => PipePeer.ReadFrom(call, pipe, pair.Near, leaveOpen: true))];
        Task<byte[]> reader = PipePeer.ReadExactly(pipe, 3 * Each);
        Task[] writers = [.. pairs.Select((pair, i) => Deadline.OnThread(() =>
        {
            byte[] bytes = new byte[Each];
            Array.Fill(bytes, (byte)i);
            for (int done = 0; done < Each;)
            {
                done += pair.Far.Send(bytes.AsSpan(done, Math.Min(5000, Each - done)));
            }

            pair.Far.Shutdown(SocketShutdown.Send);
        }))];
        int[] counts = Counts(await reader.Within("the reader"));
        await Task.WhenAll(writers).Within("the writers");
        Assert.All(
            await Task.WhenAll(copiers).Within("the copiers"), result => Assert.Equal(Each, result.BytesWritten));
        Assert.Equal([Each, Each, Each], counts.Take(3));
        Assert.Equal(0, pipe.Available);
        foreach (SocketPair pair in pairs)
        {
            pair.Dispose();
        }
    }

    // Its numbers are given to others at once, who must not notice.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.FamiliesCalls), MemberType = typeof(PipeMatrix))]
    [Cases("GO-119")]
    public async Task Disposed_while_bytes_rush_through(Family family, Call call)
    {
        for (int i = 0; i < 12; i++)
        {
            using Rig rig = new(family, family);
            Pipe pipe = Pipe.Create();
            Task<long> writer = Peer.Write(rig.Writer, long.MaxValue);
            Task<Received> reader = Peer.Read(rig.Reader);
            Task<TransferResult> fill = PipePeer.ReadFrom(call, pipe, rig.Source);
            Task<TransferResult> drain = PipePeer.WriteTo(call, pipe, rig.Destination);
            Thread.SpinWait(40_000 * i);
            await Deadline.OnThread(pipe.Dispose).Within("Dispose", PipePeer.PromptMs);
            using Pipe next = Pipe.Create();
            next.Write("mine"u8);
            TransferDisposedException first = await Assert.ThrowsAsync<TransferDisposedException>(
                () => fill.Within("the copier into it", PipePeer.PromptMs));
            TransferDisposedException second = await Assert.ThrowsAsync<TransferDisposedException>(
                () => drain.Within("the copier out of it", PipePeer.PromptMs));
            Assert.Equal((TransferSide.Destination, TransferSide.Source), (first.Side, second.Side));

            Assert.Equal("mine"u8.ToArray(), await PipePeer.ReadExactly(next, 4).Within("the next pipe"));
            next.CloseWrite();
            Assert.Equal(0, next.Read(new byte[10]));
            rig.Destination.Shutdown(SocketShutdown.Send);
            SocketPair.Reset(rig.Source);
            Received received = await reader.Within("the reader");
            long inFlight = received.Count - second.Progress.BytesWritten;
            Assert.InRange(inFlight, 0, Platform.HasKernel ? 0 : 65536); // Half of a stream's write may be out.
            Assert.InRange(first.Progress.BytesWritten, received.Count, long.MaxValue);
            await writer.Within("the writer");
        }
    }

    private static int[] Counts(byte[] bytes)
    {
        int[] counts = new int[256];
        foreach (byte one in bytes)
        {
            counts[one]++;
        }

        return counts;
    }
}

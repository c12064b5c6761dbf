// Cancels and disposes from many threads at random moments: each transfer ends once, and its counts are the truth.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Lifetime;

public sealed class CancelStormTests
{
    private const int Seed = 20_260;

    /// <summary>Canceled again and again and resumed with what was not delivered: the reader sees one whole
    /// stream.</summary>
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(TransferMode.Auto, Call.Async)]
    [InlineData(TransferMode.Auto, Call.Sync)]
    [InlineData(TransferMode.RequireZeroCopy, Call.Async)]
    [InlineData(TransferMode.CopyOnly, Call.Async)]
    public async Task A_transfer_that_is_canceled_a_hundred_times_loses_nothing(TransferMode mode, Call call)
    {
        const int Bytes = 40_000_003;
        Random random = new(Seed);
        using Rig rig = new(Family.Tcp, Family.Unix, bufferBytes: 32 * 1024);
        Task<long> writer = Peer.Write(rig.Writer, Bytes);
        Task<Received> reader = Peer.Read(rig.Reader, pauseMs: 1); // So that it lasts.
        ReadOnlyMemory<byte> undelivered = default;
        long consumed = 0;
        long written = 0;
        int cancels = 0;
        for (bool ended = false; !ended;)
        {
            using CancellationTokenSource cancellation = new();
            Task<TransferResult> transfer = rig.Start(
                call,
                new TransferOptions { Mode = mode, Prefix = undelivered, KeepUndelivered = true },
                cancellation.Token);
            if (cancels < 100)
            {
                await Task.Delay(random.Next(3));
                await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(cancellation.Cancel)));
            }

            TransferResult result;
            try
            {
                result = await transfer.Within("the transfer");
                undelivered = default;
                ended = true;
            }
            catch (TransferCanceledException e)
            {
                cancels++;
                result = e.Progress;
                undelivered = e.Undelivered;
            }

            consumed += result.BytesConsumed;
            written += result.BytesWritten;
            Assert.Equal(consumed, written + undelivered.Length);
        }

        Assert.True(cancels > 10, $"only {cancels} cancels came in time");
        rig.Destination.Shutdown(SocketShutdown.Send);
        await Peer.AssertAll(Bytes, writer, reader);
        Assert.Equal((Bytes, Bytes), (consumed, written));
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Family.Tcp, Family.Tcp)]
    [InlineData(Family.Unix, Family.Tcp)]
    [InlineData(Family.Tcp, Family.Unix)]
    [InlineData(Family.Unix, Family.Unix)]
    public async Task Relays_that_are_aborted_while_their_endpoints_are_disposed_end_once(Family left, Family right)
    {
        Random random = new(Seed);
        List<Task> all = [];
        for (int i = 0; i < 150; i++)
        {
            int disposeMs = random.Next(8);
            int abortMs = random.Next(8);
            bool disposesLeft = random.Next(2) == 0;
            all.Add(Task.Run(() => One(left, right, disposeMs, abortMs, disposesLeft)));
        }

        await Task.WhenAll(all).Within("all relays");
    }

    private static async Task One(Family left, Family right, int disposeMs, int abortMs, bool disposesLeft)
    {
        using Rig rig = new(left, right);
        Relay relay = Relay.Start(rig.Source, rig.Destination);
        rig.Writer.Send(Pattern.Default.Slice(0, 30_000).Span);
        Task dispose = Task.Run(async () =>
        {
            await Task.Delay(disposeMs);
            (disposesLeft ? rig.Source : rig.Destination).Dispose();
        });
        Task abort = Task.Run(async () =>
        {
            await Task.Delay(abortMs);
            await relay.DisposeAsync();
        });
        RelayResult result = await relay.Completion.Within("a relay", 10_000);
        await Task.WhenAll(dispose, abort).Within("dispose and abort", 10_000);
        Assert.Contains(
            result.EndedBy,
            (RelayEnd[])[RelayEnd.Aborted, disposesLeft ? RelayEnd.LeftDisposed : RelayEnd.RightDisposed]);
        TransferResult there = result.LeftToRight;
        Assert.InRange(there.BytesWritten, 0, there.BytesConsumed);
        Assert.Equal(result, relay.Progress);
        if (disposesLeft)
        {
            byte[] received = new byte[there.BytesWritten];
            for (int done = 0; done < received.Length;)
            {
                done += await rig.Reader.ReceiveAsync(received.AsMemory(done));
            }

            Pattern.Default.AssertEqual(received);
            Assert.Equal(0, rig.Reader.Available);
        }
    }
}

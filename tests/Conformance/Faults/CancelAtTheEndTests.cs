// Cancels, twice each, that come at the very moment of the end of stream: one of the two wins, and nothing is lost.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Faults;

public sealed class CancelAtTheEndTests
{
    private const int Bytes = 20_000;
    private const int Rounds = 100;

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    public async Task A_transfer_ends_once_and_the_next_one_has_the_rest(Call call)
    {
        Random random = new(20_262);
        for (int round = 0; round < Rounds; round++)
        {
            using Rig rig = new(Family.Tcp, Family.Unix);
            using CancellationTokenSource cancellation = new();
            Task<TransferResult> transfer =
                rig.Start(call, new TransferOptions { KeepUndelivered = true }, cancellation.Token);
            rig.Writer.Send(Pattern.Default.Slice(0, Bytes).Span);
            Task[] cancels = Cancels(cancellation, random);
            rig.Writer.Shutdown(SocketShutdown.Send);
            long consumed = 0;
            long written = 0;
            try
            {
                TransferResult result = await transfer.Within("the transfer");
                (consumed, written) = (result.BytesConsumed, result.BytesWritten);
            }
            catch (TransferCanceledException e)
            {
                TransferResult rest = await rig.Start(
                    call, new TransferOptions { Prefix = e.Undelivered }).Within("the rest");
                consumed = e.Progress.BytesConsumed + rest.BytesConsumed;
                written = e.Progress.BytesWritten + rest.BytesWritten;
            }

            Assert.Equal((Bytes, Bytes), (consumed, written));
            rig.Destination.Shutdown(SocketShutdown.Send);
            Pattern.Default.AssertEqual(await Peer.ReadExactly(rig.Reader, Bytes).Within("the reader"));
            await Task.WhenAll(cancels).Within("the cancels");
        }
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task A_relay_ends_once_and_its_counts_are_what_arrived()
    {
        Random random = new(20_263);
        for (int round = 0; round < Rounds; round++)
        {
            using Rig rig = new(Family.Tcp, Family.Unix);
            using CancellationTokenSource cancellation = new();
            Task<RelayResult> relay =
                Relay.RunAsync(rig.Source, rig.Destination, new RelayOptions(), cancellation.Token).AsTask();
            rig.Writer.Send(Pattern.Default.Slice(0, Bytes).Span);
            rig.Reader.Shutdown(SocketShutdown.Send);
            Task[] cancels = Cancels(cancellation, random);
            rig.Writer.Shutdown(SocketShutdown.Send);
            TransferResult there;
            try
            {
                there = (await relay.Within("the relay")).LeftToRight;
                Assert.Equal(Bytes, there.BytesWritten);
            }
            catch (TransferCanceledException e)
            {
                there = e.Relay!.Value.LeftToRight;
                rig.Destination.Shutdown(SocketShutdown.Send);
            }

            Assert.Equal(
                new Received(there.BytesWritten, SocketError.Success),
                await Peer.Read(rig.Reader).Within("the reader"));
            await Task.WhenAll(cancels).Within("the cancels");
        }
    }

    private static Task[] Cancels(CancellationTokenSource cancellation, Random random)
    {
        int spin = random.Next(20_000);
        return [.. Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            Thread.SpinWait(spin);
            cancellation.Cancel();
        }))];
    }
}

// docs/recipes/metrics.md: the counts that a program can read are those of the bytes.
using System.Net.Sockets;
using Readme;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Docs;

public sealed class MetricsRecipeTests
{
    private const int Total = 3_000_017;

    [KernelOnly(Why.Mechanism)]
    [Fact(Timeout = Deadline.Ms)]
    public async Task Totals_add_up_to_what_was_moved()
    {
        Totals totals = new();
        for (int i = 1; i <= 2; i++)
        {
            using Rig rig = new(Family.Tcp, Family.Unix);
            Task<long> writer = Peer.Write(rig.Writer, Total);
            Task<Received> reader = Peer.Read(rig.Reader);
            totals.Add(await rig.Start(Call.Async).Within("the transfer"));
            rig.Destination.Shutdown(SocketShutdown.Send);
            await Peer.AssertAll(Total, writer, reader);
            Assert.Equal((i * Total, 0), (totals.BytesSpliced + totals.BytesCopied, totals.Refused));
        }

        Assert.True(totals.BytesSpliced > 0, "a stream is spliced");
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task A_relay_is_watched_while_it_runs()
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        RelayResult latest = default;
        Lock seeing = new();
        Task<RelayResult> watching = MetricsCode.Watch(
            rig.Source,
            rig.Destination,
            TimeSpan.FromMilliseconds(10),
            sample =>
            {
                lock (seeing)
                {
                    latest = sample;
                }
            });
        rig.Writer.Send("hello"u8);
        Assert.Equal("hello"u8.ToArray(), await Peer.ReadExactly(rig.Reader, 5).Within("the bytes"));
        await Deadline.Until("a sample", () =>
        {
            lock (seeing)
            {
                return latest.LeftToRight.BytesWritten == 5 && latest.EndedBy == RelayEnd.None;
            }
        });
        rig.Writer.Shutdown(SocketShutdown.Send);
        rig.Reader.Shutdown(SocketShutdown.Send);
        RelayResult result = await watching.Within("the relay");
        Assert.Equal((RelayEnd.EndOfStream, 5), (result.EndedBy, result.LeftToRight.BytesWritten));
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task Progress_is_told_and_its_last_word_is_the_result()
    {
        using SocketPair pair = SocketPair.Tcp();
        using MemoryStream file = new();
        LatestProgress progress = new();
        Task<TransferResult> saving = MetricsCode.Progress(pair.Near, file, progress).AsTask();
        pair.Far.Send("hello"u8);
        await Deadline.Until("a report", () => progress.BytesWritten == 5);
        Assert.False(saving.IsCompleted);
        Assert.Equal(Total, await Peer.Write(pair.Far, Total).Within("the writer"));
        TransferResult result = await saving.Within("the transfer");
        Assert.Equal((Total + 5, Total + 5), (result.BytesWritten, progress.BytesWritten));
        Assert.Equal("hello"u8.ToArray(), file.ToArray()[..5]);
        Pattern.Default.AssertEqual(file.ToArray().AsSpan(5));
    }
}

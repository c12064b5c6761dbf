// Signals interrupt the calls of a relay all the time, while it moves and while it waits, and nobody notices.
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Relays;

[Cases("X-14", "B-20")]
public sealed class RelayInterruptTests
{
    private const int Part = 8 << 20;
    private const int Parts = 4;

    [KernelOnly(Why.Mechanism)]
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(TransferMode.Auto)]
    [InlineData(TransferMode.RequireZeroCopy)]
    [InlineData(TransferMode.CopyOnly)]
    public async Task A_storm_of_signals_changes_nothing_while_the_bottleneck_changes_sides(TransferMode mode)
    {
        using Rig rig = new(Family.Tcp, Family.Unix, bufferBytes: 128 * 1024);
        Libc.LetInterrupt(Libc.SigUsr2);
        Task<RelayResult> relay = Relay.RunAsync(rig.Source, rig.Destination, RelayPairs.Mode(mode)).AsTask();
        int[] targets = CpuMeter.LoopThreads();
        Assert.NotEmpty(targets);
        long signals = 0;
        Task storm = Deadline.OnThread(() =>
        {
            while (!relay.IsCompleted)
            {
                signals += targets.Count(target => Libc.Signal(target, Libc.SigUsr2));
                Thread.SpinWait(2000);
            }
        });
        Task<Received> answer = Peer.Read(rig.Writer, pattern: Pattern.Other);
        Task<long> answering = Peer.Write(rig.Reader, Part, chunk: 50_000, pattern: Pattern.Other);
        for (int i = 0; i < Parts; i++)
        {
            bool isSlowReader = i % 2 == 0;
            Task<long> writer = Peer.Write(
                rig.Writer, Part, pauseMs: isSlowReader ? 0 : 2, start: (long)i * Part, finish: i == Parts - 1);
            if (isSlowReader)
            {
                await Task.Delay(50); // Everything is full, and the loop waits.
            }

            Received received = await Peer.Read(
                rig.Reader, pauseMs: isSlowReader ? 1 : 0, start: (long)i * Part, max: Part).Within("the reader");
            Assert.Equal(Part, received.Count);
            Assert.Equal(Part, await writer.Within("the writer"));
        }

        await Peer.AssertAll(Part, answering, answer);
        RelayResult result = await relay.Within("the relay");
        await storm.Within("the storm");
        Assert.Equal((RelayEnd.EndOfStream, (long)Parts * Part, (long)Part),
            (result.EndedBy, result.LeftToRight.BytesWritten, result.RightToLeft.BytesWritten));
        Assert.True(signals > 100, $"only {signals} signals");
    }
}

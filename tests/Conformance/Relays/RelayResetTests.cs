// A peer resets its connection at every stage of a relay: that side is blamed, and the counts are what arrived.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Relays;

/// <summary>How far the relay has come when the reset arrives.</summary>
public enum Stage
{
    BeforeTheFirstByte,
    InMidStream,
    WithTheOtherSideStalled,
    AfterItsOwnEnd,
    AfterTheOthersEnd,
}

public sealed class RelayResetTests
{
    private const int Part = 1_500_007;

    public static TheoryData<Stage, TransferMode, bool, RelayEnd> Rows => new(
        from stage in Enum.GetValues<Stage>()
        from mode in Matrix.Modes
        from owns in (bool[])[true, false]
        from blamed in (RelayEnd[])[RelayEnd.LeftFailed, RelayEnd.RightFailed]
        select new TheoryDataRow<Stage, TransferMode, bool, RelayEnd>(stage, mode, owns, blamed));

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    public async Task The_side_that_reset_is_named_and_the_counts_are_what_arrived(
        Stage stage, TransferMode mode, bool owns, RelayEnd blamed)
    {
        using Rig rig = new(Family.Tcp, Family.Tcp, bufferBytes: 64 * 1024);
        bool isLeft = blamed == RelayEnd.LeftFailed;
        RelayOptions options = RelayPairs.Mode(mode) with { CloseEndpoints = owns };
        (Socket left, Socket right) = isLeft ? (rig.Source, rig.Destination) : (rig.Destination, rig.Source);
        Task<RelayResult> relay = Relay.RunAsync(left, right, options).AsTask();
        Task<Received> reader = Peer.Read(rig.Reader, max: stage == Stage.WithTheOtherSideStalled ? 1 : long.MaxValue);
        Task<long> writer = Task.FromResult(0L);
        switch (stage)
        {
            case Stage.BeforeTheFirstByte:
                await Task.Delay(20);
                break;
            case Stage.InMidStream:
                writer = Peer.Write(rig.Writer, Part, finish: false);
                await writer.Within("the writer");
                break;
            case Stage.WithTheOtherSideStalled:
                writer = Peer.Write(rig.Writer, 200_000, finish: false);
                await reader.Within("the only byte");
                await Task.Delay(50);
                break;
            case Stage.AfterItsOwnEnd:
                writer = Peer.Write(rig.Writer, 1000);
                Assert.Equal(new Received(1000, SocketError.Success), await reader.Within("the reader"));
                break;
            default:
                rig.Reader.Shutdown(SocketShutdown.Send);
                Assert.Equal(0, rig.Writer.Receive(new byte[1]));
                break;
        }

        SocketPair.Reset(rig.Writer);
        if (stage == Stage.WithTheOtherSideStalled)
        {
            // What came before the reset may still be read; then the relay sees it.
            reader = Peer.Read(rig.Reader, start: 1);
        }

        RelayResult result = await relay.Within("the relay", 3000);
        Assert.Equal((blamed, (int)Errno.ECONNRESET), (result.EndedBy, result.Error));
        TransferResult there = isLeft ? result.LeftToRight : result.RightToLeft;
        Assert.Equal(there.BytesWritten, there.BytesSpliced + there.BytesBuffered);
        Assert.True(mode != TransferMode.CopyOnly || there.BytesSpliced == 0, "spliced");
        Assert.True(mode != TransferMode.RequireZeroCopy || there.BytesBuffered == 0, "copied");
        bool isTold = stage == Stage.AfterItsOwnEnd;
        Assert.Equal(isTold ? TransferEnd.EndOfStream : TransferEnd.SourceFailed, there.EndedBy);
        if (!owns)
        {
            Assert.False(rig.Source.SafeHandle.IsClosed || rig.Destination.SafeHandle.IsClosed);
            rig.Destination.Shutdown(SocketShutdown.Send); // The relay has told no end.
        }

        Received received = await reader.Within("the reader");
        long count = received.Count + (stage == Stage.WithTheOtherSideStalled ? 1 : 0);
        if (owns && !isTold)
        {
            Assert.Equal(SocketError.ConnectionReset, received.Error); // A cut stream does not end properly.
            Assert.InRange(count, 0, there.BytesWritten);
        }
        else
        {
            Assert.Equal((there.BytesWritten, SocketError.Success), (count, received.Error));
        }
    }
}

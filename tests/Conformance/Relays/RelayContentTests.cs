// Both directions of a relay arrive whole, and each end of stream is carried behind the last byte.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Relays;

public sealed class RelayContentTests
{
    private const int LeftBytes = 3_000_017;
    private const int RightBytes = 1_500_001;

    private static readonly byte[] s_left = "left"u8.ToArray();
    private static readonly byte[] s_right = "right"u8.ToArray();

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.PairsModes), MemberType = typeof(Matrix))]
    public async Task Both_directions_arrive_whole_and_end(Family left, Family right, TransferMode mode)
    {
        using Rig rig = new(left, right);
        RelayResult result = await RunBoth(rig, RelayPairs.Mode(mode));
        ResultAssert.Moved(result.LeftToRight, LeftBytes, mode);
        ResultAssert.Moved(result.RightToLeft, RightBytes, mode);
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Family.Tcp, Family.Unix, Origin.Async)]
    [InlineData(Family.Unix, Family.Tcp, Origin.Async)]
    [InlineData(Family.Tcp, Family.Tcp, Origin.Async)]
    [InlineData(Family.Tcp, Family.Unix, Origin.Dialer)]
    [InlineData(Family.Unix, Family.Tcp, Origin.Dialer)]
    public async Task Sockets_of_every_origin_are_relayed(Family left, Family right, Origin origin)
    {
        using Rig rig = new(left, right, origin);
        RelayResult result = await RunBoth(rig, new RelayOptions());
        Assert.Equal(Platform.HasKernel, result.LeftToRight.BytesSpliced > 0); // Three megabytes in one go.
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.PairsModes), MemberType = typeof(Matrix))]
    public async Task A_half_close_comes_after_the_last_byte_and_leaves_the_answer_alone(
        Family left, Family right, TransferMode mode)
    {
        using Rig rig = new(left, right, bufferBytes: 16 * 1024);
        Task<RelayResult> relay = Relay.RunAsync(rig.Source, rig.Destination, RelayPairs.Mode(mode)).AsTask();
        Task<long> request = Peer.Write(rig.Writer, 400_003);
        Task<Received> requested = Peer.Read(rig.Reader, chunk: 8192, pauseMs: 1);
        await Peer.AssertAll(400_003, request, requested);

        Task<long> answer = Peer.Write(rig.Reader, RightBytes, pauseMs: 1, pattern: Pattern.Other);
        await Peer.AssertAll(RightBytes, answer, Peer.Read(rig.Writer, pattern: Pattern.Other));
        RelayResult result = await relay.Within("the relay");
        Assert.Equal(RelayEnd.EndOfStream, result.EndedBy);
        ResultAssert.Moved(result.LeftToRight, 400_003, mode);
        ResultAssert.Moved(result.RightToLeft, RightBytes, mode);
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.Pairs), MemberType = typeof(Matrix))]
    public async Task Without_half_close_the_first_end_ends_both(Family left, Family right)
    {
        using Rig rig = new(left, right);
        Task<RelayResult> relay = Relay.RunAsync(
            rig.Source, rig.Destination, new RelayOptions { HalfClose = false }).AsTask();
        Task<Received> reader = Peer.Read(rig.Reader);
        await Peer.AssertAll(LeftBytes, Peer.Write(rig.Writer, LeftBytes), reader);
        RelayResult result = await relay.Within("the relay, although the right peer goes on", 2000);
        Assert.Equal((RelayEnd.EndOfStream, 0), (result.EndedBy, result.Error));
        Assert.Equal((TransferEnd.EndOfStream, TransferEnd.Stopped),
            (result.LeftToRight.EndedBy, result.RightToLeft.EndedBy));
        Assert.Equal(LeftBytes, result.LeftToRight.BytesWritten);
        await RelayPairs.AssertQuietAndAlive(rig.Source, rig.Writer);
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task Each_direction_has_its_own_prefix()
    {
        byte[] greeting = Pattern.Default.Bytes(500_000, 100_001);
        byte[] banner = "220 ready\r\n"u8.ToArray();
        using Rig rig = new(Family.Tcp, Family.Unix);
        RelayOptions options = new()
        {
            LeftToRight = new FlowOptions { Prefix = greeting },
            RightToLeft = new FlowOptions { Prefix = banner },
        };
        Task<RelayResult> relay = Relay.RunAsync(rig.Source, rig.Destination, options).AsTask();
        rig.Writer.Send(s_left);
        rig.Reader.Send(s_right);
        rig.Writer.Shutdown(SocketShutdown.Send);
        rig.Reader.Shutdown(SocketShutdown.Send);
        Assert.Equal((byte[])[.. greeting, .. s_left], await Peer.ReadAll(rig.Reader).Within("right"));
        Assert.Equal((byte[])[.. banner, .. s_right], await Peer.ReadAll(rig.Writer).Within("left"));
        RelayResult result = await relay.Within("the relay");
        Assert.Equal((greeting.Length + 4, 4), (result.LeftToRight.BytesWritten, result.LeftToRight.BytesConsumed));
        Assert.Equal((banner.Length + 5, 5), (result.RightToLeft.BytesWritten, result.RightToLeft.BytesConsumed));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.PairsModes), MemberType = typeof(Matrix))]
    public async Task Each_direction_has_its_own_limit(Family left, Family right, TransferMode mode)
    {
        using Rig rig = new(left, right);
        RelayOptions options = new()
        {
            LeftToRight = new FlowOptions { LimitBytes = 200_000, Mode = mode },
            RightToLeft = new FlowOptions { LimitBytes = 10, Mode = mode },
        };
        rig.Writer.Send(Pattern.Default.Slice(0, 150_000).Span);
        rig.Reader.Send(Pattern.Other.Slice(0, 25).Span);
        Task<RelayResult> relay = Relay.RunAsync(rig.Source, rig.Destination, options).AsTask();
        Pattern.Other.AssertEqual(await Peer.ReadExactly(rig.Writer, 10).Within("ten bytes"));
        Task<Received> reader = Peer.Read(rig.Reader);
        rig.Writer.Send(Pattern.Default.Slice(150_000, 50_003).Span);
        RelayResult result = await relay.Within("the relay");
        Assert.Equal(new Received(200_000, SocketError.Success), await reader.Within("the reader"));
        Assert.Equal(RelayEnd.EndOfStream, result.EndedBy);
        Assert.Equal((TransferEnd.LimitReached, TransferEnd.LimitReached),
            (result.LeftToRight.EndedBy, result.RightToLeft.EndedBy));
        Assert.Equal((0, 0), (result.LeftToRight.LimitRemaining, result.RightToLeft.LimitRemaining));
        ResultAssert.Moved(result.LeftToRight, 200_000, mode);
        ResultAssert.Moved(result.RightToLeft, 10, mode);
        Assert.Equal((3, 15), (rig.Source.Available, rig.Destination.Available));
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Family.Tcp)]
    [InlineData(Family.Unix)]
    [Cases("X-17")]
    public async Task A_socket_relayed_to_itself_is_an_echo(Family family)
    {
        using SocketPair pair = SocketPair.Connect(family);
        Task<RelayResult> relay = Relay.RunAsync(
            pair.Near, pair.Near, new RelayOptions { IdleTimeout = TimeSpan.FromSeconds(5) }).AsTask();
        pair.Far.Send(Pattern.Default.Slice(0, 3000).Span);
        Pattern.Default.AssertEqual(await Peer.ReadExactly(pair.Far, 3000).Within("the echo"));
        pair.Far.Shutdown(SocketShutdown.Send);
        Assert.Empty(await Peer.ReadAll(pair.Far).Within("the end"));
        RelayResult result = await relay.Within("the relay");
        Assert.Equal(RelayEnd.EndOfStream, result.EndedBy);
        Assert.Equal(3000, result.LeftToRight.BytesWritten + result.RightToLeft.BytesWritten);
    }

    private static async Task<RelayResult> RunBoth(Rig rig, RelayOptions options)
    {
        Task<RelayResult> relay = Relay.RunAsync(rig.Source, rig.Destination, options).AsTask();
        Task<Received> rightReader = Peer.Read(rig.Reader);
        Task<Received> leftReader = Peer.Read(rig.Writer, pattern: Pattern.Other);
        Task<long> leftWriter = Peer.Write(rig.Writer, LeftBytes, chunk: 300_000);
        Task<long> rightWriter = Peer.Write(rig.Reader, RightBytes, chunk: 5000, pattern: Pattern.Other);
        await Peer.AssertAll(LeftBytes, leftWriter, rightReader);
        await Peer.AssertAll(RightBytes, rightWriter, leftReader);
        RelayResult result = await relay.Within("the relay");
        Assert.Equal((RelayEnd.EndOfStream, 0), (result.EndedBy, result.Error));
        Assert.Equal(
            (TransferEnd.EndOfStream, TransferEnd.EndOfStream),
            (result.LeftToRight.EndedBy, result.RightToLeft.EndedBy));
        Assert.Equal((LeftBytes, RightBytes), (result.LeftToRight.BytesWritten, result.RightToLeft.BytesWritten));
        return result;
    }
}

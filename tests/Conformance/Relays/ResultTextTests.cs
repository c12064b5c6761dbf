// A result says itself in one line: who, how much, by which mechanism, why.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Relays;

public sealed class ResultTextTests
{
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1000, "1.0 kB")]
    [InlineData(12_345_678, "12.3 MB")]
    [InlineData(999_949, "999.9 kB")]
    [InlineData(999_950, "1.0 MB")]
    [InlineData(long.MaxValue, "9.2 EB")]
    public void Bytes_have_one_unit(long count, string text) => Assert.Equal(text, ResultText.Bytes(count));

    [Fact(Timeout = Deadline.Ms)]
    public async Task Who_ended_first_how_much_went_each_way_and_why()
    {
        using Rig rig = new(Family.Tcp, Family.Unix);
        await using Relay relay = Relay.Start(rig.Source, rig.Destination);
        rig.Reader.Send(new byte[310]);
        await Peer.ReadExactly(rig.Writer, 310).Within("down");
        await Deadline.Until("it is counted", () => relay.Progress.ToString() == "running: 0 B up, 310 B down");
        rig.Writer.Send("up"u8);
        await Peer.ReadExactly(rig.Reader, 2).Within("up");
        rig.Reader.Shutdown(SocketShutdown.Send);
        Assert.Empty(await Peer.ReadAll(rig.Writer).Within("the end"));
        rig.Writer.Shutdown(SocketShutdown.Send);
        RelayResult result = await relay.Completion.Within("the relay");
        Assert.Equal(RelaySide.Right, result.EndedFirst);
        Assert.Equal("right ended: 2 B up, 310 B down; EndOfStream", result.ToString());
        Assert.Null(result.Exception);
        Assert.Null(result.ErrorName);
    }

    [Fact(Timeout = Deadline.Ms)]
    [KernelOnly(Why.Mechanism)]
    public async Task What_the_kernel_moved_is_named()
    {
        const int Bytes = 12_400_000;
        using Rig rig = new(Family.Tcp, Family.Tcp);
        FlowOptions whole = new() { Mode = TransferMode.RequireZeroCopy };
        Task<RelayResult> relay = Relay.RunAsync(
            rig.Source, rig.Destination, new RelayOptions { LeftToRight = whole }).AsTask();
        await Peer.AssertAll(Bytes, Peer.Write(rig.Writer, Bytes), Peer.Read(rig.Reader));
        rig.Reader.Shutdown(SocketShutdown.Send);
        RelayResult result = await relay.Within("the relay");
        Assert.Equal("left ended: 12.4 MB up (spliced), 0 B down; EndOfStream", result.ToString());
        Assert.Equal("12.4 MB (spliced); EndOfStream", result.LeftToRight.ToString());
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task A_reset_has_its_name_and_an_exception()
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        Task<RelayResult> relay = Relay.RunAsync(rig.Source, rig.Destination).AsTask();
        rig.Writer.Send("1234"u8);
        await Peer.ReadExactly(rig.Reader, 4).Within("up");
        rig.Writer.Close(0);
        RelayResult result = await relay.Within("the relay");
        Assert.Equal((RelayEnd.LeftFailed, RelaySide.Left), (result.EndedBy, result.EndedFirst));
        Assert.Equal((104, "ECONNRESET"), (result.Error, result.ErrorName));
        TransferException e = Assert.IsType<TransferException>(result.Exception);
        Assert.Equal((104, "ECONNRESET", TransferSide.Source), (e.Error, e.ErrorName, e.Side));
        Assert.Equal(result.LeftToRight, e.Progress);
        Assert.StartsWith("left failed: 4 B up, 0 B down; LeftFailed: ", result.ToString());
        Assert.EndsWith("ECONNRESET", result.ToString());
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task What_a_stream_threw_is_one_line_too()
    {
        using SocketPair pair = SocketPair.Connect(Family.Tcp);
        RelayResult result = await Relay.RunAsync(new Failing(), pair.Near).Within("the relay");
        Assert.IsType<InvalidDataException>(result.Exception);
        Assert.Equal(
            "left failed: 0 B up, 0 B down; LeftFailed: Read, InvalidDataException: first line", result.ToString());
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task A_token_ends_a_relay_that_was_started()
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        using CancellationTokenSource stop = new();
        await using Relay relay = Relay.Start(rig.Source, rig.Destination, cancellationToken: stop.Token);
        rig.Writer.Send("12"u8);
        await Peer.ReadExactly(rig.Reader, 2).Within("up");
        await stop.CancelAsync();
        RelayResult result = await relay.Completion.Within("the relay");
        Assert.Equal((RelayEnd.Canceled, RelaySide.None), (result.EndedBy, result.EndedFirst));
        Assert.Equal("canceled: 2 B up, 0 B down; Canceled", result.ToString());

        await using Relay second = Relay.Start(rig.Source, rig.Destination, new RelayOptions(), stop.Token);
        Assert.Equal(RelayEnd.Canceled, (await second.Completion.Within("one that is cancelled already")).EndedBy);
    }

    private sealed class Failing : Stream
    {
        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get; set; }

        public override int Read(byte[] buffer, int offset, int count)
            => throw new InvalidDataException("first line\nsecond line");

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            => throw new InvalidDataException("first line\nsecond line");

        public override void Write(byte[] buffer, int offset, int count)
        {
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}

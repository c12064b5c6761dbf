// How relays end over the real kernel: nobody else pays for a dead mirror, and what was counted as written arrives.
using System.Net.Sockets;
using Xunit;

namespace Zerocopy.Properties.Identity;

[Collection(nameof(RealKernel))]
public sealed class RelayEndTests
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(20);

    /// <summary>Its delivery ends while the relay begins: before, in the midst, or after.</summary>
    [Fact]
    public async Task A_mirror_that_is_dead_from_the_start_harms_nobody()
    {
        const int Rounds = 200;
        for (int round = 0; round < Rounds; round++)
        {
            using Route route = new(sourceIsUnix: true, destinationIsUnix: true);
            using Connection mirror = Connection.Open(isUnix: true);
            mirror.Peer.Dispose();
            FlowOptions mirrored = new() { Mirror = mirror.Ours };
            Task<RelayResult> relay = Relay.RunAsync(
                route.From.Ours, route.To.Ours, new RelayOptions { LeftToRight = mirrored }).AsTask();
            route.From.Peer.Send(new byte[1000]);
            route.From.Peer.Shutdown(SocketShutdown.Send);
            route.To.Peer.Shutdown(SocketShutdown.Send);
            RelayResult result = await relay.WaitAsync(s_timeout);
            Assert.Equal((RelayEnd.EndOfStream, 1000), (result.EndedBy, result.LeftToRight.BytesWritten));
        }
    }

    /// <summary>A limit has ended the other direction, and that peer goes on sending.</summary>
    [Fact]
    public async Task Late_bytes_do_not_destroy_the_tail()
    {
        const int Rounds = 20;
        for (int round = 0; round < Rounds; round++)
        {
            int tail = 1 + (round * 17_011);
            using Route route = new(sourceIsUnix: false, destinationIsUnix: false);
            route.To.Ours.SendBufferSize = 1_000_000;
            RelayOptions options = new()
            {
                CloseEndpoints = true,
                RightToLeft = new FlowOptions { LimitBytes = round % 3 },
            };
            Task<RelayResult> relay = Relay.RunAsync(route.From.Ours, route.To.Ours, options).AsTask();
            route.To.Peer.Send(new byte[5]);
            PeerScript script = new(round, 0, tail, 65536, 0, (ulong)round);
            Assert.Equal(tail, await script.Send(route.From.Peer, resets: false).WaitAsync(s_timeout));
            RelayResult result = await relay.WaitAsync(s_timeout);
            Assert.Equal((RelayEnd.EndOfStream, tail), (result.EndedBy, result.LeftToRight.BytesWritten));
            route.To.Peer.Send(new byte[5]); // Late.
            await Task.Delay(2);
            Assert.Equal(tail, await script.Receive(route.To.Peer).WaitAsync(s_timeout));
        }
    }

    [Fact]
    public async Task What_was_taken_is_written_before_a_stream_that_cannot_be_told_an_end_ends_the_relay()
    {
        const int Rounds = 10;
        for (int round = 0; round < Rounds; round++)
        {
            using Connection connection = Connection.Open(isUnix: round % 2 == 0);
            connection.Ours.SendBufferSize = 8192;
            connection.Peer.ReceiveBufferSize = 8192;
            using EndlessStream stream = new();
            await using Relay relay = Relay.Start(connection.Ours, stream);
            long seen = 0;
            DateTime end = DateTime.UtcNow + s_timeout;
            for (int quiet = 0; quiet < 10; await Task.Delay(20)) // On a busy machine it only seems to stall.
            {
                Assert.True(DateTime.UtcNow < end, "it never stalls");
                long last = seen;
                seen = relay.Progress.RightToLeft.BytesConsumed;
                quiet = seen > 0 && seen == last ? quiet + 1 : 0;
            }

            connection.Peer.Shutdown(SocketShutdown.Send);
            long received = 0;
            byte[] buffer = new byte[65536];
            while (!relay.Completion.IsCompleted || received < relay.Progress.RightToLeft.BytesWritten)
            {
                Assert.True(DateTime.UtcNow < end, "the relay goes on");
                received += connection.Peer.Poll(1000, SelectMode.SelectRead) ? connection.Peer.Receive(buffer) : 0;
            }

            TransferResult back = (await relay.Completion).RightToLeft;
            Assert.Equal((TransferEnd.Stopped, back.BytesConsumed), (back.EndedBy, back.BytesWritten));
            Assert.Equal(back.BytesWritten, received);
        }
    }

    /// <summary>Always has something to read, and swallows what is written.</summary>
    private sealed class EndlessStream : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => count;

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count)
        {
        }
    }
}

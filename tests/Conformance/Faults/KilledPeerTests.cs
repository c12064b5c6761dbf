// The process at the other end is killed in mid-stream.
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Faults;

public sealed class KilledPeerTests
{
    private const int First = 2_000_000;

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync, "write")]
    [InlineData(Call.Async, "write")]
    [InlineData(Call.Sync, "read")]
    [InlineData(Call.Async, "read")]
    public async Task What_it_had_sent_arrives_and_what_it_had_not_read_is_accounted_for(Call call, string what)
    {
        (Process child, Socket killed) = await Start(what);
        using Process process = child;
        using Socket socket = killed;
        using SocketPair pair = SocketPair.Connect(Family.Unix);
        TransferOptions options = new() { KeepUndelivered = true };
        if (what == "write")
        {
            await Deadline.Until("something is sent", () => killed.Available > 0, 5000);
            Task<Received> reader = Peer.Read(pair.Far);
            Task<TransferResult> transfer = Rig.Start(call, killed, pair.Near, options);
            await Task.Delay(100);
            child.Kill();
            TransferResult result = await transfer.Within("the transfer");
            Assert.Equal(TransferEnd.EndOfStream, result.EndedBy);
            Assert.True(result.BytesWritten > 0, "nothing came before");
            pair.Near.Shutdown(SocketShutdown.Send);
            Assert.Equal(new Received(result.BytesWritten, SocketError.Success), await reader.Within("the reader"));
        }
        else
        {
            Task<long> writer = Peer.Write(pair.Far, long.MaxValue);
            Task<TransferResult> transfer = Rig.Start(call, pair.Near, killed, options);
            await Task.Delay(100);
            child.Kill();
            TransferException thrown = await Assert.ThrowsAsync<TransferException>(
                () => transfer.Within("the transfer"));
            Assert.Contains(thrown.Error, (int[])[Libc.EPipe, Libc.EConnReset]);
            Assert.Equal(TransferSide.Destination, thrown.Side);
            Assert.Equal(
                thrown.Progress.BytesConsumed, thrown.Progress.BytesWritten + thrown.Undelivered.Length);
            Pattern.Default.AssertEqual(thrown.Undelivered.Span, thrown.Progress.BytesWritten);
            pair.Near.Dispose();
            await writer.Within("the writer");
        }

        await child.WaitForExitAsync().Within("the child's end");
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(RelayEnd.LeftFailed)]
    [InlineData(RelayEnd.RightFailed)]
    public async Task A_relay_blames_the_side_whose_reader_was_killed(RelayEnd blamed)
    {
        (Process child, Socket killed) = await Start("read");
        using Process process = child;
        using Socket socket = killed;
        using SocketPair pair = SocketPair.Connect(Family.Unix);
        Task<long> writer = Peer.Write(pair.Far, long.MaxValue);
        Task<RelayResult> relay = Run(killed, pair.Near, blamed == RelayEnd.LeftFailed);
        await Task.Delay(100);
        child.Kill();
        RelayResult result = await relay.Within("the relay");
        Assert.Equal(blamed, result.EndedBy);
        Assert.Contains(result.Error, (int[])[Libc.EPipe, Libc.EConnReset]);
        TransferResult toKilled = blamed == RelayEnd.LeftFailed ? result.RightToLeft : result.LeftToRight;
        Assert.True(toKilled.BytesWritten > 0, "nothing went before");
        pair.Near.Dispose();
        await writer.Within("the writer");
        await child.WaitForExitAsync().Within("the child's end");
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_relay_delivers_what_a_killed_writer_had_sent_and_then_its_end(bool isLeft)
    {
        (Process child, Socket killed) = await Start("write");
        using Process process = child;
        using Socket socket = killed;
        using SocketPair pair = SocketPair.Connect(Family.Unix);
        await Deadline.Until("something is sent", () => killed.Available > 0, 5000);
        Task<Received> reader = Peer.Read(pair.Far);
        Task<RelayResult> relay = Run(killed, pair.Near, isLeft);
        await Task.Delay(100);
        child.Kill();
        Received received = await reader.Within("the reader");
        Assert.Equal(SocketError.Success, received.Error);
        pair.Far.Shutdown(SocketShutdown.Send);
        RelayResult result = await relay.Within("the relay");
        TransferResult fromKilled = isLeft ? result.LeftToRight : result.RightToLeft;
        Assert.Equal((RelayEnd.EndOfStream, received.Count), (result.EndedBy, fromKilled.BytesWritten));
        Assert.True(received.Count > 0, "nothing came before");
        await child.WaitForExitAsync().Within("the child's end");
    }

    private static Task<RelayResult> Run(Socket killed, Socket other, bool isLeft)
        => Relay.RunAsync(isLeft ? killed : other, isLeft ? other : killed).AsTask();

    private static async Task<(Process Child, Socket Killed)> Start(string what)
    {
        using Socket listener = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        Process child = Process.Start(
            Environment.ProcessPath!,
            [
                ChildProcess.Word, typeof(KilledPeerChild).FullName!, what,
                ((IPEndPoint)endPoint).Port.ToString(CultureInfo.InvariantCulture),
            ]);
        return (child, await Deadline.OnThread(listener.Accept).Within("the child"));
    }

    /// <summary>Writes or reads until it is killed.</summary>
    internal sealed class KilledPeerChild : IChild
    {
        public int Run(string[] args)
        {
            using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Connect(IPAddress.Loopback, int.Parse(args[1], CultureInfo.InvariantCulture));
            byte[] buffer = new byte[First];
            for (long done = 0; ;)
            {
                done += args[0] == "write"
                    ? socket.Send(Pattern.Default.Slice(done, 100_000).Span) : socket.Receive(buffer);
            }
        }
    }
}

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
        using Socket listener = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        using Process child = Process.Start(
            Environment.ProcessPath!,
            [
                ChildProcess.Word, typeof(KilledPeerChild).FullName!, what,
                ((IPEndPoint)endPoint).Port.ToString(CultureInfo.InvariantCulture),
            ]);
        using Socket killed = await Deadline.OnThread(listener.Accept).Within("the child");
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

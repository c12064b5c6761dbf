// A socket that lives and has an entry in its error queue, which is the user's to read: poll says so for ever.
using System.Buffers.Binary;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Waits;

[Cases("F-60")]
public sealed class ErrorQueueTests
{
    private const int PromptMs = 1000;
    private const int Full = 2 << 20;

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(TransferSide.Source)]
    [InlineData(TransferSide.Destination)]
    public async Task Waiting_for_the_source_rests_hears_what_comes_and_notices_a_real_error(TransferSide side)
    {
        List<Row> rows = Row.All(bufferBytes: null, side);
        foreach (Row row in rows)
        {
            row.Transfer = row.Rig.Start(row.Call, new TransferOptions { Mode = row.Mode });
            row.Rig.Writer.Send("hello"u8);
            Assert.Equal("hello"u8.ToArray(), await Peer.ReadExactly(row.Rig.Reader, 5).Within("the first bytes"));
        }

        await CpuMeter.AssertParked($"with an entry in the error queue of the {side}");
        foreach (Row row in rows)
        {
            row.Rig.Writer.Send("again"u8);
            byte[] again = await Peer.ReadExactly(row.Rig.Reader, 5).Within("what comes then", PromptMs);
            Assert.Equal("again"u8.ToArray(), again);
            Assert.True(HasEntry(row.Stamped(side)), "the entry is gone, and it was the user's");
        }

        await CpuMeter.AssertParked($"after some more, with entries in the error queue of the {side}");
        foreach (Row row in rows)
        {
            SocketPair.Reset(side == TransferSide.Source ? row.Rig.Writer : row.Rig.Reader);
            TransferException thrown = await Assert.ThrowsAsync<TransferException>(
                () => row.Transfer.Within("the reset", PromptMs));
            Assert.Equal((side, (int)Errno.ECONNRESET), (thrown.Side, thrown.Error));
            Assert.Equal((10, 10), (thrown.Progress.BytesConsumed, thrown.Progress.BytesWritten));
            row.Rig.Dispose();
        }
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(TransferSide.Source)]
    [InlineData(TransferSide.Destination)]
    public async Task Waiting_for_the_destination_rests_and_goes_on(TransferSide side)
    {
        List<Row> rows = Row.All(bufferBytes: 16 * 1024, side);
        List<Task<long>> writers = [];
        foreach (Row row in rows)
        {
            writers.Add(Peer.Write(row.Rig.Writer, Full));
            row.Transfer = row.Rig.Start(row.Call, new TransferOptions { Mode = row.Mode });
        }

        await CpuMeter.AssertParked($"with the destination full and an entry in the error queue of the {side}");
        for (int i = 0; i < rows.Count; i++)
        {
            Task<Received> reader = Peer.Read(rows[i].Rig.Reader);
            ResultAssert.Moved(await rows[i].Transfer.Within("the transfer"), Full, rows[i].Mode);
            rows[i].Rig.Destination.Shutdown(SocketShutdown.Send);
            await Peer.AssertAll(Full, writers[i], reader);
            rows[i].Rig.Dispose();
        }
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(TransferMode.Auto)]
    [InlineData(TransferMode.RequireZeroCopy)]
    [InlineData(TransferMode.CopyOnly)]
    public async Task A_relay_rests_and_goes_on(TransferMode mode)
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        Stamp(rig.Source, rig.Writer);
        Stamp(rig.Destination, rig.Reader);
        FlowOptions each = new() { Mode = mode };
        Task<RelayResult> relay = Relay.RunAsync(
            rig.Source, rig.Destination, new RelayOptions { LeftToRight = each, RightToLeft = each }).AsTask();
        rig.Writer.Send("there"u8);
        Assert.Equal("there"u8.ToArray(), await Peer.ReadExactly(rig.Reader, 5).Within("the way there"));

        await CpuMeter.AssertParked("a relay with entries in both error queues");

        rig.Reader.Send("back"u8);
        Assert.Equal("back"u8.ToArray(), await Peer.ReadExactly(rig.Writer, 4).Within("the way back", PromptMs));
        SocketPair.Reset(rig.Writer);
        RelayResult result = await relay.Within("the reset", PromptMs);
        Assert.Equal((RelayEnd.LeftFailed, (int)Errno.ECONNRESET), (result.EndedBy, result.Error));
    }

    // The user's pipe at the other end: one splice for both, and poll is asked which of them is not ready.
    [Fact(Timeout = Deadline.Ms)]
    public async Task Calls_between_a_pipe_and_such_a_socket_rest_and_go_on()
    {
        List<(Row Row, Pipe Pipe, Task<TransferResult> Into, Pipe Other, Task<TransferResult> From)> calls = [];
        foreach (Row row in Row.All(bufferBytes: null, TransferSide.Source))
        {
            Stamp(row.Rig.Destination, row.Rig.Reader);
            TransferOptions options = new() { Mode = row.Mode };
            Pipe into = Pipe.Create();
            Pipe from = Pipe.Create();
            calls.Add((
                row, into, Rig.Start(row.Call, row.Rig.Source, into, options),
                from, Rig.Start(row.Call, from, row.Rig.Destination, options)));
        }

        await CpuMeter.AssertParked("between pipes and sockets with entries in their error queues");
        foreach ((Row row, Pipe into, Task<TransferResult> intoPipe, Pipe from, Task<TransferResult> fromPipe) in calls)
        {
            row.Rig.Writer.Send("hello"u8);
            row.Rig.Writer.Shutdown(SocketShutdown.Send);
            Assert.Equal(5, (await intoPipe.Within("into the pipe", PromptMs)).BytesWritten);
            Assert.Equal(5, into.Available);
            from.Write("there"u8);
            byte[] there = await Peer.ReadExactly(row.Rig.Reader, 5).Within("out of the pipe", PromptMs);
            Assert.Equal("there"u8.ToArray(), there);
            from.CloseWrite();
            Assert.Equal(5, (await fromPipe.Within("the end of the pipe", PromptMs)).BytesWritten);
            into.Dispose();
            from.Dispose();
            row.Rig.Dispose();
        }
    }

    /// <summary>Leaves an entry in the error queue: when a byte that the socket has sent left the machine.</summary>
    private static void Stamp(Socket socket, Socket peer)
    {
        const int SocketLevel = 1;
        const int Timestamping = 37;
        const int SoftwareOfSends = 2 | 16 | 128 | 2048; // TX_SOFTWARE, SOFTWARE, OPT_ID, OPT_TSONLY.
        byte[] value = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(value, SoftwareOfSends);
        socket.SetRawSocketOption(SocketLevel, Timestamping, value);
        socket.Send("!"u8);
        Assert.Equal(1, peer.Receive(new byte[1]));
        Assert.True(SpinWait.SpinUntil(() => HasEntry(socket), PromptMs), "no time stamp came");
    }

    private static bool HasEntry(Socket socket)
    {
        Assert.True(FdLease.TryAcquire(socket.SafeHandle, out FdLease lease));
        using (lease)
        {
            Span<PollFd> fds = [new PollFd(lease.Fd, PollEvents.None)];
            Assert.False(Syscall.Poll(fds, 0).IsError);
            return fds[0].Returned == PollEvents.Error;
        }
    }

    private sealed class Row(TransferMode mode, Call call, int? bufferBytes)
    {
        internal TransferMode Mode => mode;

        internal Call Call => call;

        internal Rig Rig { get; } = new(Family.Tcp, Family.Tcp, bufferBytes: bufferBytes);

        internal Task<TransferResult> Transfer { get; set; } = null!;

        internal static List<Row> All(int? bufferBytes, TransferSide stamped)
        {
            List<Row> rows =
            [
                .. from mode in Matrix.Modes
                   from call in Enum.GetValues<Call>()
                   select new Row(mode, call, bufferBytes),
            ];
            rows.ForEach(row => Stamp(
                row.Stamped(stamped), stamped == TransferSide.Source ? row.Rig.Writer : row.Rig.Reader));
            return rows;
        }

        internal Socket Stamped(TransferSide side) => side == TransferSide.Source ? Rig.Source : Rig.Destination;
    }
}

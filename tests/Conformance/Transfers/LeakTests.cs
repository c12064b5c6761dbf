// A thousand transfers later the process has the descriptors it had before, and its sockets their mode.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Transfers;

public sealed class LeakTests
{
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.ModesCalls), MemberType = typeof(Matrix))]
    [Cases("X-06", "B-10")]
    public async Task The_descriptors_are_the_same_after_1000_transfers(TransferMode mode, Call call)
    {
        const int Rounds = 1000;
        using Rig rig = new(Family.Tcp, Family.Unix);
        FdTable before = FdTable.Take();
        Task<long> writer = Peer.Write(rig.Writer, 1000L * Rounds, chunk: 100_000);
        Task<Received> reader = Peer.Read(rig.Reader);
        for (int i = 0; i < Rounds; i++)
        {
            TransferOptions options = new() { Mode = mode, LimitBytes = 1000 };
            TransferResult result = call == Call.Async
                ? await Transfer.CopyAsync(rig.Source, rig.Destination, options)
                : Transfer.Copy(rig.Source, rig.Destination, options);
            ResultAssert.Moved(result, 1000, mode);
        }

        before.AssertSame();
        rig.Destination.Shutdown(SocketShutdown.Send);
        await Peer.AssertAll(1000L * Rounds, writer, reader);
    }

    // 64 at once, so that more pipes are open than are kept.
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(TransferMode.Auto)]
    [InlineData(TransferMode.RequireZeroCopy)]
    [Cases("X-06", "B-10")]
    public async Task Many_stalled_transfers_leave_no_pipe_behind_however_they_end(TransferMode mode)
    {
        const int Count = 64;
        using CancellationTokenSource cancel = new();
        List<Rig> rigs = [];
        FdTable before = FdTable.Take();
        try
        {
            List<Task<TransferResult>> transfers = [];
            List<Task<long>> writers = [];
            for (int i = 0; i < Count; i++)
            {
                Rig rig = new(Family.Unix, Family.Unix, bufferBytes: 8192);
                rigs.Add(rig);
                writers.Add(Peer.Write(rig.Writer, 400_000));
                CancellationToken token = i % 2 == 0 ? cancel.Token : default;
                transfers.Add(rig.Start(Call.Async, new TransferOptions { Mode = mode }, token));
            }

            await Task.Delay(100);
            Assert.All(transfers, transfer => Assert.False(transfer.IsCompleted));
            cancel.Cancel();
            for (int i = 0; i < Count; i++)
            {
                if (i % 2 == 0)
                {
                    await Assert.ThrowsAsync<TransferCanceledException>(() => transfers[i].Within("a canceled one"));
                }
                else
                {
                    Task<Received> reader = Peer.Read(rigs[i].Reader);
                    ResultAssert.Moved(await transfers[i].Within("a drained one"), 400_000, mode);
                    rigs[i].Destination.Shutdown(SocketShutdown.Send);
                    await Peer.AssertAll(400_000, writers[i], reader);
                }

                rigs[i].Dispose();
                await writers[i].Within("a writer");
            }
        }
        finally
        {
            rigs.ForEach(rig => rig.Dispose());
        }

        before.AssertSame();
    }

    // A socket may gain O_NONBLOCK; .NET's own calls on it wait as before.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.All), MemberType = typeof(Matrix))]
    [Cases("B-28")]
    public async Task A_blocking_socket_stays_usable_for_sync_calls(
        Family source, Family destination, TransferMode mode, Call call)
    {
        using Rig rig = new(source, destination);
        Assert.True(rig.Source.Blocking && rig.Destination.Blocking);
        rig.Writer.Send("hello"u8);
        TransferResult result = await rig.Start(call, new TransferOptions { Mode = mode, LimitBytes = 5 })
            .Within("the transfer");
        ResultAssert.Moved(result, 5, mode);

        Assert.True(rig.Source.Blocking && rig.Destination.Blocking);
        Task<byte[]> receive = Peer.ReadExactly(rig.Source, 3);
        await Task.Delay(30);
        Assert.False(receive.IsCompleted, "the receive did not wait");
        rig.Writer.Send("abc"u8);
        Assert.Equal("abc"u8.ToArray(), await receive.Within("the receive"));
        rig.Destination.Send(Pattern.Default.Slice(0, 1000).Span);
        Assert.Equal("hello"u8.ToArray(), await Peer.ReadExactly(rig.Reader, 5).Within("the reader"));
        Pattern.Default.AssertEqual(await Peer.ReadExactly(rig.Reader, 1000).Within("the reader"));
    }

    // Not Go's first 64 KiB and not its later 1 MiB, of which an ordinary user gets 64 pipes.
    [KernelOnly(Why.Mechanism)]
    [Fact]
    [Cases("B-22")]
    public void A_pipe_of_the_library_holds_256_KiB_and_counts_against_the_budget()
    {
        PipePool pool = MoveResources.Shared.Pipes!;
        long before = PageBudget.Process.PagesInUse;
        SplicePipe? pipe = pool.TryRent(Environment.TickCount64, insist: false, out int error);

        Assert.Equal(0, error);
        Assert.NotNull(pipe);
        Assert.Equal(256 * 1024, pipe.CapacityBytes);
        SysResult size = Syscall.GetPipeSize(pipe.WriteEnd);
        Assert.False(size.IsError);
        Assert.Equal(256 * 1024, size.Value);
        Assert.Equal(before + 64, PageBudget.Process.PagesInUse);
        pool.Close(pipe);
        Assert.Equal(before, PageBudget.Process.PagesInUse);
    }
}

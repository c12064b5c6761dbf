// A descriptor's number belongs to its next owner at once: nothing of the transfer before may touch it.
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Lifetime;

public sealed class ReusedDescriptorTests
{
    /// <param name="way">How the first owner goes.</param>
    /// <param name="family">Of both owners.</param>
    /// <param name="rounds">How often; few where the transfer notices late, because nothing wakes it.</param>
    /// <param name="closesAtOnce">False where the number is free only when the transfer has let go of it.</param>
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Way.Socket, Family.Tcp, 60, true)]
    [InlineData(Way.Socket, Family.Unix, 60, true)]
    [InlineData(Way.Handle, Family.Tcp, 10, false)]
    [InlineData(Way.SocketsHandle, Family.Tcp, 10, false)]
    [InlineData(Way.SocketsHandle, Family.Unix, 10, false)]
    [InlineData(Way.Inherited, Family.Tcp, 20, false)]
    public async Task The_next_owner_of_a_number_gets_all_its_bytes(
        Way way, Family family, int rounds, bool closesAtOnce)
    {
        int reused = 0;
        for (int round = 0; round < rounds; round++)
        {
            using SocketPair destination = SocketPair.Connect(Family.Unix);
            using SocketPair first = SocketPair.Connect(family);
            using Disposal source = Disposal.Of(first.Near, way);
            Task<TransferResult> old = Transfer.CopyAsync(source.Endpoint, destination.Near).AsTask();
            await Task.Delay(1);
            int number = Number(source.Endpoint.Value as SafeHandle ?? ((Socket)source.Endpoint.Value!).SafeHandle);
            await source.Now(500);
            if (!closesAtOnce)
            {
                await ((Task)old).ContinueWith(_ => { }, TaskScheduler.Default).Within("the old one", 500);
            }

            // The lowest free numbers are given out first: the number goes to one of these, and each moves bytes.
            using Rig next = new(family, family);
            using Rig another = new(family, family);
            reused += Numbers(next).Concat(Numbers(another)).Contains(number) ? 1 : 0;
            await AssertMoves(next, round);
            await AssertMoves(another, round);
            TransferDisposedException e =
                await Assert.ThrowsAsync<TransferDisposedException>(() => old.Within("the old one", 500));
            Assert.Equal((TransferSide.Source, 0), (e.Side, e.Progress.BytesConsumed));
        }

        Assert.True(reused > rounds / 2,
            $"the number was reused in {reused} of {rounds} rounds only: this proves nothing");
    }

    private static async Task AssertMoves(Rig rig, int position)
    {
        Task<TransferResult> transfer = rig.Start(Call.Async);
        rig.Writer.Send(Pattern.Default.Slice(position, 5000).Span);
        rig.Writer.Shutdown(SocketShutdown.Send);
        byte[] received = await Peer.ReadExactly(rig.Reader, 5000).Within("the next owner's bytes");
        Pattern.Default.AssertEqual(received, position);
        TransferResult result = await transfer.Within("the next transfer");
        Assert.Equal((5000, TransferEnd.EndOfStream), (result.BytesWritten, result.EndedBy));
    }

    private static IEnumerable<int> Numbers(Rig rig)
        => new[] { rig.Source, rig.Destination, rig.Writer, rig.Reader }.Select(socket => Number(socket.SafeHandle));

    private static int Number(SafeHandle handle)
    {
        Assert.True(FdLease.TryAcquire(handle, out FdLease lease));
        int number = lease.Raw;
        lease.Release();
        return number;
    }
}

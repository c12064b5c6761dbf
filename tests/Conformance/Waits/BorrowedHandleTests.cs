// Handles that do not own their descriptor: disposed, they are gone, and the descriptor is not.
using System.IO.Pipes;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Waits;

[Cases("F-70")]
public sealed class BorrowedHandleTests
{
    private const int Rounds = 8;
    private const int PromptMs = 2000;

    public enum End
    {
        Tcp,
        Unix,
        Pipe,
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(End.Tcp, Call.Async)]
    [InlineData(End.Unix, Call.Async)]
    [InlineData(End.Pipe, Call.Async, Traits = [KernelOnlyAttribute.Trait, nameof(Why.BlockingHandle)])]
    [InlineData(End.Tcp, Call.Sync)]
    [InlineData(End.Pipe, Call.Sync, Traits = [KernelOnlyAttribute.Trait, nameof(Why.BlockingHandle)])]
    public async Task A_source_can_be_borrowed_again_and_again(End end, Call call)
    {
        using Rig rig = new(end == End.Unix ? Family.Unix : Family.Tcp, Family.Tcp);
        using AnonymousPipeServerStream pipe = new(PipeDirection.Out);
        using SafePipeHandle readEnd = pipe.ClientSafePipeHandle;
        int fd = NumberOf(end == End.Pipe ? readEnd : rig.Source.SafeHandle);
        int watchedBefore = WatchesOf(fd);
        for (int round = 0; round < Rounds; round++)
        {
            using SafeHandle borrowed = Borrow(end, fd);
            Task<TransferResult> transfer = Rig.Start(call, borrowed, rig.Destination);
            Send(round);
            Assert.Equal([(byte)round], await Peer.ReadExactly(rig.Reader, 1).Within("a byte", PromptMs));
            borrowed.Dispose();
            TransferDisposedException thrown = await Assert.ThrowsAsync<TransferDisposedException>(
                () => transfer.Within("the dispose", PromptMs));
            Assert.Equal((TransferSide.Source, 1L), (thrown.Side, thrown.Progress.BytesWritten));
            Assert.True(!Platform.HasKernel || watchedBefore == WatchesOf(fd), "it is still watched");
        }

        void Send(int value)
        {
            if (end == End.Pipe)
            {
                pipe.WriteByte((byte)value);
            }
            else
            {
                rig.Writer.Send([(byte)value]);
            }
        }
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(End.Tcp, Call.Async)]
    [InlineData(End.Unix, Call.Async)]
    [InlineData(End.Pipe, Call.Async, Traits = [KernelOnlyAttribute.Trait, nameof(Why.BlockingHandle)])]
    [InlineData(End.Tcp, Call.Sync)]
    public async Task A_destination_can_be_borrowed_again_and_again(End end, Call call)
    {
        using Rig rig = new(Family.Tcp, end == End.Unix ? Family.Unix : Family.Tcp);
        using AnonymousPipeServerStream pipe = new(PipeDirection.In);
        using SafePipeHandle writeEnd = pipe.ClientSafePipeHandle;
        int fd = NumberOf(end == End.Pipe ? writeEnd : rig.Destination.SafeHandle);
        for (int round = 0; round < Rounds; round++)
        {
            using SafeHandle borrowed = Borrow(end, fd);
            Task<TransferResult> transfer = Rig.Start(call, rig.Source, borrowed);
            rig.Writer.Send([(byte)round]);
            Assert.Equal(round, await Deadline.OnThread(Receive).Within("a byte", PromptMs));
            borrowed.Dispose();
            TransferDisposedException thrown = await Assert.ThrowsAsync<TransferDisposedException>(
                () => transfer.Within("the dispose", PromptMs));
            Assert.Equal((TransferSide.Destination, 1L), (thrown.Side, thrown.Progress.BytesWritten));
        }

        int Receive()
        {
            if (end == End.Pipe)
            {
                return pipe.ReadByte();
            }

            byte[] one = new byte[1];
            Assert.Equal(1, rig.Reader.Receive(one));
            return one[0];
        }
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task A_relay_can_borrow_its_ends_again_and_again()
    {
        using Rig rig = new(Family.Tcp, Family.Unix);
        for (int round = 0; round < Rounds; round++)
        {
            using SafeHandle left = Borrow(End.Tcp, NumberOf(rig.Source.SafeHandle));
            using SafeHandle right = Borrow(End.Unix, NumberOf(rig.Destination.SafeHandle));
            Task<RelayResult> relay = Relay.RunAsync(left, right).AsTask();
            rig.Writer.Send([(byte)round]);
            Assert.Equal([(byte)round], await Peer.ReadExactly(rig.Reader, 1).Within("there", PromptMs));
            rig.Reader.Send([(byte)~round]);
            Assert.Equal([(byte)~round], await Peer.ReadExactly(rig.Writer, 1).Within("back", PromptMs));
            (round % 2 == 0 ? left : right).Dispose();
            RelayResult result = await relay.Within("the dispose", PromptMs);
            Assert.Equal(round % 2 == 0 ? RelayEnd.LeftDisposed : RelayEnd.RightDisposed, result.EndedBy);
            Assert.Equal((1, 1), (result.LeftToRight.BytesWritten, result.RightToLeft.BytesWritten));
        }
    }

    // Two transfers of one socket, in opposite directions, each with a handle of its own.
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Who_knows_a_descriptor_by_another_handle_goes_on(bool disposesSecond, bool firstOwns)
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        using SocketPair other = SocketPair.Tcp();
        int fd = NumberOf(rig.Source.SafeHandle);
        using SafeHandle first = firstOwns && disposesSecond ? rig.Source.SafeHandle : Borrow(End.Tcp, fd);
        using SafeHandle second = Borrow(End.Tcp, fd);
        Task<TransferResult> reads = Transfer.CopyAsync(first, rig.Destination).AsTask();
        rig.Writer.Send("a"u8);
        Assert.Equal("a"u8.ToArray(), await Peer.ReadExactly(rig.Reader, 1).Within("the first", PromptMs));
        await Task.Delay(20); // So that it waits.
        Task<TransferResult> writes = Transfer.CopyAsync(other.Near, second).AsTask();
        other.Far.Send("b"u8);
        Assert.Equal("b"u8.ToArray(), await Peer.ReadExactly(rig.Writer, 1).Within("the second", PromptMs));
        await Task.Delay(20);

        (disposesSecond ? second : first).Dispose();
        await Assert.ThrowsAsync<TransferDisposedException>(
            () => (disposesSecond ? writes : reads).Within("the dispose", PromptMs));
        Task<TransferResult> lives = disposesSecond ? reads : writes;
        await Task.Delay(250); // The watchdog looks twice.
        Assert.False(lives.IsCompleted, "the other one ended with it");
        if (disposesSecond)
        {
            rig.Writer.Send("c"u8);
            Assert.Equal("c"u8.ToArray(), await Peer.ReadExactly(rig.Reader, 1).Within("what goes on", PromptMs));
            rig.Writer.Shutdown(SocketShutdown.Send);
        }
        else
        {
            other.Far.Send("d"u8);
            Assert.Equal("d"u8.ToArray(), await Peer.ReadExactly(rig.Writer, 1).Within("what goes on", PromptMs));
            other.Far.Shutdown(SocketShutdown.Send);
        }

        Assert.Equal(2, (await lives.Within("its end", PromptMs)).BytesWritten);
    }

    private static SafeHandle Borrow(End end, int fd) => end == End.Pipe
        ? new SafeFileHandle(fd, ownsHandle: false) : new SafeSocketHandle(fd, ownsHandle: false);

    private static int NumberOf(SafeHandle handle)
    {
        Assert.True(FdLease.TryAcquire(handle, out FdLease lease));
        using (lease)
        {
            return lease.Raw;
        }
    }

    /// <summary>How many epolls of this process watch a number.</summary>
    private static int WatchesOf(int fd) => Directory.GetFiles("/proc/self/fdinfo")
        .SelectMany(Lines)
        .Count(line => line.StartsWith("tfd:", StringComparison.Ordinal) && line.Split(' ', 3, (StringSplitOptions)3) is
            [_, string number, ..] && number == $"{fd}");

    private static string[] Lines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (IOException)
        {
            return []; // Closed since it was listed.
        }
    }
}

// TCP out of memory: poll says that the socket can be written, and neither splice nor send takes a byte.
using Xunit;
using Zerocopy.Conformance.Faults;
using Zerocopy.Conformance.Harness;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Waits;

public sealed class CrowdedTcpTests
{
    private const int PromptMs = 1000;

    [KernelOnly(Why.Mechanism)]
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    [Cases("F-65")]
    public async Task A_splice_from_a_pipe_that_must_not_copy_waits_and_goes_on(Call call)
    {
        using Crowd crowd = new() { IsCrowded = true };
        using SocketPair sockets = SocketPair.Tcp();
        using Pipe pipe = Pipe.Create();
        pipe.Write("hello"u8);
        Task<TransferResult> transfer = Rig.Start(
            call, pipe, sockets.Near, new TransferOptions { Mode = TransferMode.RequireZeroCopy });

        await CpuMeter.AssertParked("a splice that is refused with both ends ready");

        Assert.False(transfer.IsCompleted);
        crowd.IsCrowded = false;
        Assert.Equal("hello"u8.ToArray(), await Peer.ReadExactly(sockets.Far, 5).Within("the bytes", PromptMs));
        pipe.CloseWrite();
        TransferResult result = await transfer.Within("the end", PromptMs);
        Assert.Equal((5, 5), (result.BytesSpliced, result.BytesWritten));
    }

    [KernelOnly(Why.Mechanism)]
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    [Cases("F-65")]
    public async Task Waiting_for_it_is_idling_and_can_be_cancelled(Call call)
    {
        using Crowd crowd = new() { IsCrowded = true };
        using SocketPair sockets = SocketPair.Tcp();
        using Pipe pipe = Pipe.Create();
        pipe.Write("hello"u8);
        TransferOptions options = new()
        {
            Mode = TransferMode.RequireZeroCopy,
            IdleTimeout = TimeSpan.FromMilliseconds(100),
        };
        await Assert.ThrowsAsync<TransferException>(
            () => Rig.Start(call, pipe, sockets.Near, options).Within("the timeout", PromptMs));

        using CancellationTokenSource cancel = new();
        Task<TransferResult> transfer = Rig.Start(
            call, pipe, sockets.Near, new TransferOptions { Mode = TransferMode.RequireZeroCopy }, cancel.Token);
        await Task.Delay(30);
        cancel.Cancel();
        await Assert.ThrowsAsync<TransferCanceledException>(() => transfer.Within("the cancel", PromptMs));
        Assert.Equal(5, pipe.Available);
    }

    // With bytes in transit the kernel promises an edge; a level it has all the time.
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(TransferMode.Auto)]
    [InlineData(TransferMode.RequireZeroCopy)]
    [InlineData(TransferMode.CopyOnly)]
    [Cases("F-66")]
    public async Task A_sync_copy_does_not_believe_a_level_that_changes_nothing(TransferMode mode)
    {
        using Crowd crowd = new();
        using Rig rig = new(Family.Tcp, Family.Tcp, bufferBytes: 16 * 1024);
        using CancellationTokenSource cancel = new();
        Task<TransferResult> transfer = rig.Start(Call.Sync, new TransferOptions { Mode = mode }, cancel.Token);
        rig.Writer.Send("hello"u8);
        Assert.Equal("hello"u8.ToArray(), await Peer.ReadExactly(rig.Reader, 5).Within("the first bytes"));
        crowd.IsCrowded = true;
        rig.Writer.Send(Pattern.Default.Bytes(0, 100_000));

        await CpuMeter.AssertParked("a destination that says writable and takes nothing");

        cancel.Cancel();
        await Assert.ThrowsAsync<TransferCanceledException>(() => transfer.Within("the cancel", PromptMs));
    }

    private sealed unsafe class Crowd : KernelOverride
    {
        private volatile bool _isCrowded;

        internal bool IsCrowded
        {
            get => _isCrowded;
            set => _isCrowded = value;
        }

        private HashSet<int> Pipes { get; } = [];

        public override Moved Send(BorrowedFd socket, byte* buffer, int length)
            => _isCrowded ? Moved.WouldBlock : base.Send(socket, buffer, length);

        // Into a pipe of the flow's own there is room.
        public override Moved Splice(BorrowedFd source, BorrowedFd destination, int length, long offset)
        {
            bool isFill;
            lock (Pipes)
            {
                isFill = Pipes.Contains(destination.Raw);
            }

            return _isCrowded && !isFill ? Moved.WouldBlock : base.Splice(source, destination, length, offset);
        }

        public override Moved OpenPipe(int capacityBytes, out int readEnd, out int writeEnd)
        {
            Moved made = base.OpenPipe(capacityBytes, out readEnd, out writeEnd);
            lock (Pipes)
            {
                _ = Pipes.Add(writeEnd);
            }

            return made;
        }
    }
}

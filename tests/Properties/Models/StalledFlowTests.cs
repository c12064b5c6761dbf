// A flow that was stalled with little in transit goes back to large reads, or it would never see a full one and splice.
using Xunit;
using Zerocopy.Sys;

namespace Zerocopy.Properties.Models;

public sealed class StalledFlowTests
{
    [Fact]
    public void After_a_stall_that_left_little_it_reads_64_KiB_again_and_promotes()
    {
        ScriptedKernel kernel = new();
        SocketEnd source = new();
        SocketEnd destination = new();
        source.OpenSimulated(kernel, EndpointKind.TcpSocket, 3);
        destination.OpenSimulated(kernel, EndpointKind.TcpSocket, 4);
        MoveResources resources = new(kernel, new PageBudget(1000), new FlowTotals(isShared: false));
        Flow flow = new();
        flow.Start(source, destination, TransferRoute.SpliceThroughPipe, new FlowOptions(), default, resources, 0);

        Assert.Equal(StepOutcome.DestinationNotReady, flow.Step(0)); // A thousand bytes are left, in a small block.
        source.Marks |= Readiness.Readable;
        destination.Marks |= Readiness.Writable;
        Assert.Equal(StepOutcome.SourceNotReady, flow.Step(0));

        Assert.Equal(["recv 65536", "recv 65536", "splice"], kernel.Reads);
        flow.Stop(TransferEnd.Stopped);
        Assert.True(flow.Release(keepUndelivered: false).IsEmpty);
        Assert.Equal(0, resources.Blocks.Rented);
    }

    /// <summary>A source that fills what it is given, until it is spliced; a destination that is full once.</summary>
    private sealed unsafe class ScriptedKernel : IKernel
    {
        private int _sends;

        internal List<string> Reads { get; } = [];

        public Moved Receive(int socket, bool isUnix, byte* buffer, int length)
        {
            // The first one is short, so that nothing promotes before the stall.
            bool isFirst = Reads.Count == 0;
            Reads.Add($"recv {length}");
            return Moved.Bytes(isFirst ? length - 1 : length);
        }

        public Moved Send(int socket, byte* buffer, int length)
            => ++_sends switch
            {
                1 => Moved.Bytes(length - 1000),
                2 => Moved.WouldBlock,
                _ => Moved.Bytes(length),
            };

        public Moved Splice(int source, int destination, int length, long offset)
        {
            Reads.Add("splice");
            return Moved.WouldBlock;
        }

        public Moved OpenPipe(int capacityBytes, out int readEnd, out int writeEnd)
        {
            readEnd = 5;
            writeEnd = 6;
            return Moved.Bytes(capacityBytes);
        }

        public void ClosePipe(int readEnd, int writeEnd)
        {
        }

        public Moved Peek(int socket) => Moved.Failed((int)Errno.EOPNOTSUPP);

        public Moved ReadPipe(int readEnd, byte* buffer, int length) => Moved.Failed((int)Errno.EOPNOTSUPP);

        public Moved WritePipe(int writeEnd, byte* buffer, int length) => Moved.Failed((int)Errno.EOPNOTSUPP);

        public Moved WriteFile(int file, byte* buffer, int length, long offset)
            => Moved.Failed((int)Errno.EOPNOTSUPP);

        public Moved ReadFile(int file, byte* buffer, int length, long offset)
            => Moved.Failed((int)Errno.EOPNOTSUPP);

        public long SizeOf(int file) => 0;

        public Moved MoveFile(
            TransferRoute route, int file, long offset, int destination, long destinationOffset, int length)
            => Moved.Failed((int)Errno.EOPNOTSUPP);

        public Moved ReadForeignPipe(int readEnd, byte* buffer, int length) => Moved.Failed((int)Errno.EOPNOTSUPP);

        public Moved WriteForeignPipe(int writeEnd, byte* buffer, int length) => Moved.Failed((int)Errno.EOPNOTSUPP);

        public Moved Tee(int source, int destination, int length) => Moved.Failed((int)Errno.EOPNOTSUPP);

        public void Ask(int source, int destination, out bool canRead, out bool canWrite)
            => canRead = canWrite = true;

        public bool IsPipeAtEnd(int readEnd) => false;

        public bool PeerMayHaveFinished(int tcpSocket) => true;

        public int DeathOf(int socket, bool isUnix) => 0;

        public Moved ShutdownSend(int socket) => Moved.Bytes(0);
    }
}

// Bytes are written from where the reader has them, and read to where the writer wants them.
using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Pipelines;

public sealed class PipelineMemoryTests
{
    [Fact(Timeout = Deadline.Ms)]
    public async Task A_stream_is_given_the_readers_own_memory()
    {
        byte[] bytes = Pattern.Default.Bytes(0, 100_000);
        PipeReader reader = PipeReader.Create(new ReadOnlySequence<byte>(bytes));
        Seen seen = new();
        TransferResult result = await Transfer.CopyAsync(reader, seen).Within("the transfer");
        Assert.Equal((TransferEnd.EndOfStream, 100_000), (result.EndedBy, result.BytesWritten));
        Assert.NotEmpty(seen.Arrays);
        Assert.All(seen.Arrays, array => Assert.Same(bytes, array));
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task A_socket_is_read_into_the_writers_own_memory()
    {
        using SocketPair pair = SocketPair.Tcp();
        Counting writer = new();
        Task<long> written = Peer.Write(pair.Far, 1_000_003);
        TransferResult result = await Transfer.CopyAsync(pair.Near, writer).Within("the transfer");
        await written.Within("the peer");
        Assert.Equal(1_000_003, result.BytesWritten);
        Assert.Equal(1_000_003, writer.Count);
        Assert.Equal(0, writer.Spans); // Through which PipeWriter.Write copies.
    }

    /// <summary>Whose memory it was given.</summary>
    private sealed class Seen : MemoryStream
    {
        internal HashSet<byte[]?> Arrays { get; } = [];

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Arrays.Add(MemoryMarshal.TryGetArray(buffer, out ArraySegment<byte> segment) ? segment.Array : null);
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>Compares what is in its memory when that is said to be filled.</summary>
    private sealed class Counting : PipeWriter
    {
        private readonly byte[] _memory = new byte[50_000];

        internal long Count { get; private set; }

        internal int Spans { get; private set; }

        public override void Advance(int bytes)
        {
            Pattern.Default.AssertEqual(_memory.AsSpan(0, bytes), Count);
            Count += bytes;
            Array.Clear(_memory);
        }

        public override Memory<byte> GetMemory(int sizeHint = 0) => _memory;

        public override Span<byte> GetSpan(int sizeHint = 0)
        {
            Spans++;
            return _memory;
        }

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => default;

        public override void CancelPendingFlush() => throw new NotSupportedException();

        public override void Complete(Exception? exception = null) => throw new NotSupportedException();
    }
}

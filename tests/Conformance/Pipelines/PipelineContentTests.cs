// Readers and writers of System.IO.Pipelines as ends: whole, in order, and without memory of ours between.
using System.IO.Pipelines;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Pipelines;

public sealed class PipelineContentTests
{
    private const int Bytes = 2_000_003;

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Family.Tcp, true)]
    [InlineData(Family.Tcp, false)]
    [InlineData(Family.Unix, true)]
    [InlineData(Family.Unix, false)]
    public async Task From_a_reader_to_a_socket(Family family, bool isAsync)
    {
        System.IO.Pipelines.Pipe pipe = new();
        using SocketPair pair = SocketPair.Connect(family);
        Task<Received> received = Peer.Read(pair.Far);
        Task written = WriteAll(pipe.Writer, Bytes, chunk: 7_001);
        TransferResult result = await Copy(pipe.Reader, pair.Near, isAsync: isAsync);
        await written.Within("the writer");
        pair.Near.Shutdown(SocketShutdown.Send);
        Assert.Equal(new Received(Bytes, SocketError.Success), await received.Within("the peer"));
        ResultAssert.Moved(result, Bytes, TransferMode.CopyOnly);
        pipe.Reader.Complete();
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Family.Tcp, true)]
    [InlineData(Family.Tcp, false)]
    [InlineData(Family.Unix, true)]
    [InlineData(Family.Unix, false)]
    public async Task From_a_socket_to_a_writer_whose_reader_is_slow(Family family, bool isAsync)
    {
        System.IO.Pipelines.Pipe pipe = new(new PipeOptions(pauseWriterThreshold: 30_000, resumeWriterThreshold: 9_000));
        using SocketPair pair = SocketPair.Connect(family);
        Task<long> written = Peer.Write(pair.Far, Bytes);
        Task<long> read = ReadAll(pipe.Reader, pauseEvery: 20);
        TransferResult result = await Copy(pair.Near, pipe.Writer, isAsync: isAsync);
        await pipe.Writer.CompleteAsync();
        Assert.Equal((Bytes, Bytes), (await written.Within("the peer"), await read.Within("the reader")));
        ResultAssert.Moved(result, Bytes, TransferMode.CopyOnly);
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task From_a_reader_to_a_writer()
    {
        System.IO.Pipelines.Pipe from = new();
        System.IO.Pipelines.Pipe to = new();
        Task written = WriteAll(from.Writer, Bytes, chunk: 10_007);
        Task<long> read = ReadAll(to.Reader);
        TransferResult result = await Transfer.CopyAsync(from.Reader, to.Writer).Within("the transfer");
        await to.Writer.CompleteAsync();
        await written.Within("the writer");
        Assert.Equal(Bytes, await read.Within("the reader"));
        Assert.Equal((TransferEnd.EndOfStream, Bytes), (result.EndedBy, result.BytesBuffered));
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task Between_a_file_a_pipe_of_ours_a_stream_and_pipelines()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            await File.WriteAllBytesAsync(path, Pattern.Default.Bytes(0, Bytes));
            await using FileStream file = File.OpenRead(path);
            System.IO.Pipelines.Pipe first = new();
            System.IO.Pipelines.Pipe second = new();
            using Pipe ours = Pipe.Create();
            using MemoryStream end = new();
            Task<TransferResult>[] chain =
            [
                CopyAndComplete(file, first.Writer),
                ours.ReadFromAsync(first.Reader).AsTask(),
                CopyAndComplete(ours, second.Writer),
                second.Reader.AsStream().TransferToAsync(end).AsTask(),
            ];
            foreach (TransferResult result in await Task.WhenAll(chain).Within("the chain"))
            {
                Assert.Equal((TransferEnd.EndOfStream, Bytes), (result.EndedBy, result.BytesWritten));
            }

            Assert.Equal(Bytes, end.Length);
            Pattern.Default.AssertEqual(end.ToArray());
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task What_a_limit_leaves_stays_in_the_reader()
    {
        System.IO.Pipelines.Pipe pipe = new();
        using SocketPair pair = SocketPair.Tcp();
        await pipe.Writer.WriteAsync(Pattern.Default.Slice(0, 10_000));
        TransferOptions limited = new() { LimitBytes = 4_097 };
        TransferResult result = await Transfer.CopyAsync(pipe.Reader, pair.Near, limited).Within("the transfer");
        Assert.Equal((TransferEnd.LimitReached, 4_097), (result.EndedBy, result.BytesWritten));
        Pattern.Default.AssertEqual(await Peer.ReadExactly(pair.Far, 4_097).Within("the first part"));
        ReadResult rest = await pipe.Reader.ReadAsync();
        Assert.Equal(10_000 - 4_097, rest.Buffer.Length);
        pipe.Reader.AdvanceTo(rest.Buffer.Start);

        limited = new() { LimitBytes = 10_000 - 4_097 };
        await Transfer.CopyAsync(pipe.Reader, pair.Near, limited).Within("the second transfer");
        Pattern.Default.AssertEqual(await Peer.ReadExactly(pair.Far, 10_000 - 4_097).Within("the rest"), 4_097);
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Family.Tcp)]
    [InlineData(Family.Unix)]
    public async Task A_relay_between_a_duplex_pipe_and_a_socket_passes_on_both_ends(Family family)
    {
        (Duplex near, Duplex far) = Duplex.Pair();
        using SocketPair pair = SocketPair.Connect(family);
        Task<RelayResult> relay = Relay.RunAsync(
            TransferEndpoint.FromDuplexPipe(near), pair.Near, new RelayOptions { CloseEndpoints = true }).AsTask();
        Task<Received> atSocket = Peer.Read(pair.Far);
        await WriteAll(far.Output, Bytes, chunk: 30_011).Within("the left writer");
        Assert.Equal(new Received(Bytes, SocketError.Success), await atSocket.Within("the right peer"));
        Assert.False(relay.IsCompleted);
        Task<long> atPipe = ReadAll(far.Input, Pattern.Other);
        await Peer.Write(pair.Far, Bytes, pattern: Pattern.Other).Within("the right writer");
        Assert.Equal(Bytes, await atPipe.Within("the left reader"));
        RelayResult result = await relay.Within("the relay");
        Assert.Equal((RelayEnd.EndOfStream, RelaySide.Left), (result.EndedBy, result.EndedFirst));
        await Assert.ThrowsAsync<InvalidOperationException>(() => near.Input.ReadAsync().AsTask());
        Assert.Throws<InvalidOperationException>(() => near.Output.GetMemory());
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task A_mirror_may_be_a_writer_and_a_mirrored_stream_may_go_to_one()
    {
        System.IO.Pipelines.Pipe mirror = new();
        System.IO.Pipelines.Pipe to = new();
        using SocketPair pair = SocketPair.Tcp();
        Task<long> written = Peer.Write(pair.Far, Bytes);
        Task<long> mirrored = ReadAll(mirror.Reader);
        Task<long> read = ReadAll(to.Reader, pauseEvery: 30);
        TransferOptions options = new() { Mirror = mirror.Writer };
        TransferResult result = await Transfer.CopyAsync(pair.Near, to.Writer, options).Within("the transfer");
        await to.Writer.CompleteAsync();
        await mirror.Writer.CompleteAsync();
        Assert.Equal((Bytes, Bytes, Bytes), (
            await written.Within("the peer"), await read.Within("the reader"), await mirrored.Within("the mirror")));
        Assert.Equal(Bytes, result.Mirror!.BytesMirrored);
    }

    private static Task<TransferResult> Copy(TransferEndpoint source, TransferEndpoint destination, bool isAsync)
        => (isAsync
            ? Transfer.CopyAsync(source, destination).AsTask()
            : Deadline.OnThread(() => Transfer.Copy(source, destination))).Within("the transfer");

    private static async Task<TransferResult> CopyAndComplete(TransferEndpoint source, PipeWriter destination)
    {
        TransferResult result = await Transfer.CopyAsync(source, destination);
        await destination.CompleteAsync();
        return result;
    }

    internal static async Task WriteAll(PipeWriter writer, int total, int chunk)
    {
        for (int done = 0; done < total; done += chunk)
        {
            await writer.WriteAsync(Pattern.Default.Slice(done, Math.Min(chunk, total - done)));
        }

        await writer.CompleteAsync();
    }

    internal static async Task<long> ReadAll(PipeReader reader, Pattern? pattern = null, int pauseEvery = 0)
    {
        pattern ??= Pattern.Default;
        long count = 0;
        for (int reads = 1; ; reads++)
        {
            ReadResult read = await reader.ReadAsync();
            foreach (ReadOnlyMemory<byte> segment in read.Buffer)
            {
                pattern.AssertEqual(segment.Span, count);
                count += segment.Length;
            }

            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                await reader.CompleteAsync();
                return count;
            }

            if (pauseEvery > 0 && reads % pauseEvery == 0)
            {
                await Task.Delay(1);
            }
        }
    }
}

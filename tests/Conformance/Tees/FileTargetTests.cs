// Files as targets: where they stand is where they are continued, and a full disk is a failure like others.
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Tees;

public sealed class FileTargetTests
{
    private const int Before = 1000;
    private const int Total = 300_007;

    private static readonly bool[] s_both = [false, true];

    public static TheoryData<bool, bool> Handles { get; } = new MatrixTheoryData<bool, bool>(s_both, s_both);

    public static TheoryData<bool, TransferMode> HandlesModes { get; } =
        new MatrixTheoryData<bool, TransferMode>(s_both, Matrix.Modes);

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Handles))]
    [Cases("X-07")]
    public async Task A_tee_continues_a_file_where_it_stands(bool append, bool isAsync)
    {
        using FileStream file = HalfWritten(append, isAsync);
        using Pipe pipe = Pipe.Create();
        Tee tee = pipe.Tee(file);
        Task<long> writer = PipePeer.Write(pipe, Total, start: Before);
        Assert.Equal(Total, await PipePeer.ReadAll(pipe, Before).Within("the main reader"));
        await writer.Within("the writer");
        TeeScenario.AssertWhole(await tee.Completion.Within("the tee"), Total, isPipe: false);
        AssertWhole(file);
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(HandlesModes))]
    public async Task A_mirror_continues_a_file_where_it_stands(bool append, TransferMode mode)
    {
        foreach (Call call in Enum.GetValues<Call>())
        {
            using FileStream file = HalfWritten(append, isAsync: call == Call.Async);
            using Rig rig = new(Family.Tcp, Family.Unix);
            Task<long> writer = Peer.Write(rig.Writer, Total, start: Before);
            Task<Received> reader = Peer.Read(rig.Reader, start: Before);
            TransferResult result = await rig.Start(call, new TransferOptions { Mode = mode, Mirror = file })
                .Within("the transfer");
            rig.Destination.Shutdown(System.Net.Sockets.SocketShutdown.Send);
            await Peer.AssertAll(Total, writer, reader);
            TeeScenario.AssertWhole(Assert.IsType<TeeResult>(result.Mirror), Total, isPipe: false);
            AssertWhole(file);
        }
    }

    // Two transfers, one after the other, into one recording.
    [Fact(Timeout = Deadline.Ms)]
    public async Task One_file_can_mirror_one_transfer_after_the_other()
    {
        const int Parts = 20;
        using FileStream file = Temporary(isAsync: false);
        for (int i = 0; i < Parts; i++)
        {
            using MemoryStream source = new(Pattern.Default.Bytes(i * 5000, 5000));
            await Transfer.CopyAsync(source, Stream.Null, new TransferOptions { Mirror = file }).Within("a transfer");
            Assert.Equal((i + 1) * 5000, file.Position);
        }

        byte[] bytes = new byte[(Parts * 5000) + 1];
        int length = RandomAccess.Read(file.SafeFileHandle, bytes, 0);
        Assert.Equal(Parts * 5000, length);
        Pattern.Default.AssertEqual(bytes.AsSpan(0, length));
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(TeeFailure.Detach)]
    [InlineData(TeeFailure.Stop)]
    public async Task A_full_disk_fails_the_target(TeeFailure onFailure)
    {
        TeeOptions options = new() { OnFailure = onFailure, CapacityBytes = 4096 };
        using FileStream full = Full();
        using Pipe pipe = Pipe.Create();
        Tee tee = pipe.Tee(full, options);
        Task<long> writer = PipePeer.Write(pipe, Total);
        Task<long> reader = PipePeer.ReadAll(pipe);
        if (onFailure == TeeFailure.Detach)
        {
            Assert.Equal(Total, await reader.Within("the main reader"));
        }
        else
        {
            await Assert.ThrowsAnyAsync<IOException>(() => reader.Within("the main reader"));
            pipe.CloseRead();
            await Assert.ThrowsAnyAsync<IOException>(() => writer.Within("the writer"));
        }

        AssertFull(await tee.Completion.Within("the tee"));
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(TeeFailure.Detach)]
    [InlineData(TeeFailure.Stop)]
    public async Task A_full_disk_fails_the_mirror(TeeFailure onFailure)
    {
        foreach (Call call in Enum.GetValues<Call>())
        {
            using FileStream full = Full();
            using MemoryStream source = new(Pattern.Default.Bytes(0, Total));
            using Target destination = new(TargetKind.Stream);
            destination.Read();
            TransferOptions options = new()
            {
                Mirror = full,
                MirrorOptions = new TeeOptions { OnFailure = onFailure, CapacityBytes = 4096 },
            };
            Task<TransferResult> transfer = Rig.Start(call, source, destination.Endpoint, options);
            if (onFailure == TeeFailure.Detach)
            {
                AssertFull((await transfer.Within("the transfer")).Mirror);
                await destination.AssertGot(Total);
            }
            else
            {
                TransferException thrown = await Assert.ThrowsAsync<TransferException>(
                    () => transfer.Within("the transfer"));
                Assert.Equal((TransferSide.Mirror, TransferEnd.MirrorFailed), (thrown.Side, thrown.Progress.EndedBy));
                AssertFull(thrown.Progress.Mirror);
                destination.Stream!.Flush(); // A transfer that fails leaves this to the caller.
                await destination.AssertGot(thrown.Progress.BytesWritten);
            }
        }
    }

    private static void AssertFull(TeeResult? result)
    {
        Assert.NotNull(result);
        Assert.Equal((TeeEnd.Failed, 0), (result.EndedBy, result.BytesMirrored));
        Assert.IsAssignableFrom<IOException>(result.Exception);
        Assert.NotNull(result.Delivery);
    }

    private static void AssertWhole(FileStream file)
    {
        Assert.Equal(Before + Total, file.Position);
        file.Flush();
        byte[] bytes = File.ReadAllBytes(file.Name);
        Assert.Equal(Before + Total, bytes.Length);
        Pattern.Default.AssertEqual(bytes);
    }

    /// <summary>Has the beginning of the pattern, unflushed, and stands behind it.</summary>
    private static FileStream HalfWritten(bool append, bool isAsync)
    {
        if (!append)
        {
            FileStream fresh = Temporary(isAsync);
            fresh.Write(Pattern.Default.Slice(0, Before).Span);
            return fresh;
        }

        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        File.WriteAllBytes(path, Pattern.Default.Slice(0, Before).Span);
        return new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, 4096, Options(isAsync));
    }

    private static FileStream Temporary(bool isAsync) => new(
        Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()),
        FileMode.CreateNew,
        FileAccess.ReadWrite,
        FileShare.Read,
        4096,
        Options(isAsync));

    private static FileOptions Options(bool isAsync)
        => FileOptions.DeleteOnClose | (isAsync ? FileOptions.Asynchronous : FileOptions.None);

    /// <summary>The device that has no room for a byte.</summary>
    private static FileStream Full() => new("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0);
}

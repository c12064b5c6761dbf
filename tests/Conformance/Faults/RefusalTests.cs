// What an errno of a call that moves files means: copy instead, or the error, and whose.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Files;
using Zerocopy.Conformance.Harness;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Faults;

[KernelOnly(Why.Mechanism)]
public sealed class RefusalTests
{
    private const int Total = 1_000_003;
    private const int Part = 100_000;

    private static readonly Errno[] s_full = [Errno.ENOSPC, Errno.EDQUOT, Errno.EFBIG];

    public static TheoryData<Errno, Call> CopiesAtStart { get; } = new MatrixTheoryData<Errno, Call>(
        [.. Enum.GetValues<Errno>().Except([Errno.None, Errno.EAGAIN, Errno.EINTR]).Except(s_full)], [Call.Sync]);

    public static TheoryData<Errno, Call> Full { get; } =
        new MatrixTheoryData<Errno, Call>(s_full, Enum.GetValues<Call>());

    public static TheoryData<Errno, Call> Disks { get; } = new MatrixTheoryData<Errno, Call>(
        [Errno.EIO, Errno.ESTALE, Errno.EUCLEAN, Errno.ENODATA], Enum.GetValues<Call>());

    public static TheoryData<Errno, Call> Sockets { get; } = new MatrixTheoryData<Errno, Call>(
        [Errno.ECONNRESET, Errno.EPIPE, Errno.ETIMEDOUT, Errno.EHOSTUNREACH, Errno.ENOBUFS],
        Enum.GetValues<Call>());

    // Network file systems: EACCES, ENOENT, ETIMEDOUT and whatever their server says.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(CopiesAtStart))]
    [InlineData(Errno.EACCES, Call.Async)]
    [InlineData(Errno.ENOENT, Call.Async)]
    [Cases("F-40")]
    public async Task At_its_first_byte_a_copy_may_be_refused_with_anything(Errno error, Call call)
    {
        using PlacedFile from = PlacedFile.OfPattern(Place.Memory, Total);
        using PlacedFile to = new(Place.Memory);
        using FileStream source = from.Open(FileAccess.Read);
        using FileStream destination = to.Open();
        using FaultyFiles kernel = new() { Error = (int)error, FailMovesFrom = 0 };
        TransferResult result = await Rig.Start(call, source, destination).Within("the transfer");
        Assert.True(kernel.HasFailed);
        Assert.Equal((Total, Total, (int)error), (result.BytesWritten, result.BytesBuffered, result.FallbackError));
        Pattern.Default.AssertEqual(to.ReadBytes());
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Full))]
    [Cases("F-40")]
    public async Task A_full_disk_is_an_error_at_any_byte(Errno error, Call call)
    {
        foreach (int from in (int[])[0, 3])
        {
            using PlacedFile file = PlacedFile.OfPattern(Place.Memory, Total);
            using PlacedFile to = new(Place.Memory);
            using FileStream source = file.Open(FileAccess.Read);
            using FileStream destination = to.Open();
            using FaultyFiles kernel = new() { Error = (int)error, FailMovesFrom = from, BytesMax = Part };
            TransferException thrown = await Assert.ThrowsAsync<TransferException>(
                () => Rig.Start(call, source, destination).Within("the transfer"));
            Assert.Equal(((int)error, TransferSide.Destination, "copy_file_range", from * (long)Part),
                (thrown.Error, thrown.Side, thrown.Operation, thrown.Progress.BytesWritten));
        }
    }

    // Later on a strange errno is an error again: what it means there nobody has found out.
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    [Cases("F-40")]
    public async Task Later_only_known_refusals_are_some(Call call)
    {
        using PlacedFile file = PlacedFile.OfPattern(Place.Memory, Total);
        using PlacedFile to = new(Place.Memory);
        using FileStream source = file.Open(FileAccess.Read);
        using FileStream destination = to.Open();
        using (FaultyFiles kernel = new() { Error = (int)Errno.ENOENT, FailMovesFrom = 3, BytesMax = Part })
        {
            TransferException thrown = await Assert.ThrowsAsync<TransferException>(
                () => Rig.Start(call, source, destination).Within("the transfer"));
            Assert.Equal(((int)Errno.ENOENT, 3L * Part), (thrown.Error, thrown.Progress.BytesWritten));
        }

        using (FaultyFiles kernel = new() { Error = (int)Errno.ESTALE, FailMovesFrom = 3, BytesMax = Part })
        {
            TransferResult rest = await Rig.Start(call, source, destination).Within("the rest");
            Assert.Equal((Total - (3L * Part), (int)Errno.ESTALE), (rest.BytesWritten, rest.FallbackError));
            Pattern.Default.AssertEqual(to.ReadBytes());
        }
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Disks))]
    [Cases("F-41")]
    public async Task What_sendfile_says_of_the_disk_is_the_sources(Errno error, Call call)
    {
        TransferException thrown = await Send(error, call, from: 2);
        Assert.Equal(((int)error, TransferSide.Source, "sendfile"), (thrown.Error, thrown.Side, thrown.Operation));
        Assert.Equal(TransferEnd.SourceFailed, thrown.Progress.EndedBy);
    }

    // Told once: whoever took it for a refusal would go on to write, and perhaps succeed.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Sockets))]
    [Cases("F-41")]
    public async Task What_sendfile_says_of_the_socket_is_the_destinations(Errno error, Call call)
    {
        TransferException thrown = await Send(error, call, from: 0);
        Assert.Equal(((int)error, TransferSide.Destination, "sendfile", 0L),
            (thrown.Error, thrown.Side, thrown.Operation, thrown.Progress.BytesBuffered));
        Assert.Equal(TransferEnd.DestinationFailed, thrown.Progress.EndedBy);
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Sockets))]
    [Cases("F-41")]
    public async Task A_sockets_error_is_never_taken_for_a_refusal(Errno error, Call call)
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        using FaultyKernel kernel = new((int)error) { RefuseFillsFrom = 1 };
        Task<long> writer = Peer.Write(rig.Writer, 3 * Total);
        Task<Received> reader = Peer.Read(rig.Reader);
        TransferException thrown = await Assert.ThrowsAsync<TransferException>(
            () => rig.Start(call).Within("the transfer"));
        Assert.Equal(((int)error, TransferSide.Source, "splice"), (thrown.Error, thrown.Side, thrown.Operation));
        rig.Dispose();
        await Task.WhenAll(
            writer.ContinueWith(static _ => { }, TaskScheduler.Default),
            reader.ContinueWith(static _ => { }, TaskScheduler.Default)).Within("the peers");
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Errno.EIO, TransferSide.Source)]
    [InlineData(Errno.ENOMEM, TransferSide.Source)]
    [InlineData(Errno.EPIPE, TransferSide.Destination)]
    [Cases("F-41")]
    public async Task What_a_splice_of_a_file_says(Errno error, TransferSide side)
    {
        foreach (Call call in Enum.GetValues<Call>())
        {
            using PlacedFile file = PlacedFile.OfPattern(Place.Disk, Total);
            using FileStream source = file.Open(FileAccess.Read);
            using Pipe pipe = Pipe.Create();
            using FaultyFiles kernel = new() { Error = (int)error, FailMovesFrom = 0 };
            TransferException thrown = await Assert.ThrowsAsync<TransferException>(() => Rig.Start(
                call, source, pipe, new TransferOptions { ShareFilePages = true }).Within("the transfer"));
            Assert.Equal(((int)error, side, "splice"), (thrown.Error, thrown.Side, thrown.Operation));
        }
    }

    private static async Task<TransferException> Send(Errno error, Call call, int from)
    {
        using PlacedFile file = PlacedFile.OfPattern(Place.Memory, Total);
        using FileStream source = file.Open(FileAccess.Read);
        using SocketPair pair = SocketPair.Tcp();
        Task<Received> reader = Peer.Read(pair.Far);
        using FaultyFiles kernel = new() { Error = (int)error, FailMovesFrom = from, BytesMax = Part };
        TransferException thrown = await Assert.ThrowsAsync<TransferException>(
            () => Rig.Start(call, source, pair.Near).Within("the transfer"));
        pair.Near.Shutdown(SocketShutdown.Send);
        Assert.Equal(thrown.Progress.BytesWritten, (await reader.Within("the reader")).Count);
        Assert.Equal(thrown.Progress.BytesWritten, source.Position);
        return thrown;
    }
}

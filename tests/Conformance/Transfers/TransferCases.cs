// The catalogue's table of transfers: every pair of families, every mode, sync and async.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Transfers;

[Cases("Z-17..Z-22", "Z-25..Z-30", "Z-33..Z-38", "Z-41..Z-46", "GN-01..GN-06", "GN-09..GN-14", "GN-17..GN-22")]
public sealed class TransferCases
{
    private const int Mib = 1 << 20;

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.All), MemberType = typeof(Matrix))]
    public Task Simple(Family source, Family destination, TransferMode mode, Call call)
        => Run(source, destination, mode, call, chunk: 128, total: 128);

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.All), MemberType = typeof(Matrix))]
    public Task Multiple_writes(Family source, Family destination, TransferMode mode, Call call)
        => Run(source, destination, mode, call, chunk: 4096, total: Mib);

    [KernelOnly(Why.Cost)]
    [Theory(Timeout = 2 * Deadline.Ms)]
    [MemberData(nameof(Matrix.Pairs), MemberType = typeof(Matrix))]
    public Task Big(Family source, Family destination)
        => Run(source, destination, TransferMode.Auto, Call.Async, chunk: 5 * Mib, total: 1L << 30);

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.PairsOrigins), MemberType = typeof(Matrix))]
    public Task It_does_not_matter_who_connected_the_sockets(Family source, Family destination, Origin origin)
        => Run(source, destination, TransferMode.Auto, Call.Async, chunk: 100_000, total: 8 * Mib, origin: origin);

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.All), MemberType = typeof(Matrix))]
    public Task Honors_a_limit(Family source, Family destination, TransferMode mode, Call call)
        => Run(source, destination, mode, call, chunk: 4096, total: Mib, limit: 1024);

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.All), MemberType = typeof(Matrix))]
    public Task Tells_what_remains_of_a_limit(Family source, Family destination, TransferMode mode, Call call)
        => Run(source, destination, mode, call, chunk: 1024, total: 4096, limit: 4196);

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.All), MemberType = typeof(Matrix))]
    public Task A_limit_may_be_the_exact_length(Family source, Family destination, TransferMode mode, Call call)
        => Run(source, destination, mode, call, chunk: 32, total: 128, limit: 128);

    private static async Task Run(
        Family source,
        Family destination,
        TransferMode mode,
        Call call,
        int chunk,
        long total,
        long? limit = null,
        Origin origin = Origin.Sync)
    {
        using Rig rig = new(source, destination, origin);
        long moved = Math.Min(total, limit ?? total);
        Task<long> writer = Peer.Write(rig.Writer, total, chunk);
        Task<Received> reader = Peer.Read(rig.Reader);

        TransferResult result = await rig.Start(call, new TransferOptions { Mode = mode, LimitBytes = limit })
            .Within("the transfer");

        ResultAssert.Moved(result, moved, mode);
        Assert.Equal(limit - moved, result.LimitRemaining);
        Assert.Equal(moved == limit ? TransferEnd.LimitReached : TransferEnd.EndOfStream, result.EndedBy);
        Assert.True(rig.Source.Connected && rig.Destination.Connected, "a transfer closes nothing");

        // What is behind the limit is still there, untouched.
        Task<Received> rest = Peer.Read(rig.Source, start: moved);
        Assert.Equal(new Received(total - moved, SocketError.Success), await rest.Within("the rest"));
        rig.Destination.Shutdown(SocketShutdown.Send);
        Assert.Equal(total, await writer.Within("the writer"));
        Assert.Equal(new Received(moved, SocketError.Success), await reader.Within("the reader"));
    }
}

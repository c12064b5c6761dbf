// zerocopy.fallbacks: one for each direction whose result has an errno, by its name.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Faults;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Metrics;

[KernelOnly(Why.Mechanism)]
public sealed class FallbackCountTests
{
    private const int Total = 3_000_000;

    private static readonly (int Error, string Name)[] s_refusals =
        [(1, "EPERM"), (18, "EXDEV"), (22, "EINVAL"), (38, "ENOSYS"), (95, "EOPNOTSUPP")];

    public static TheoryData<int, string, int, Call> Rows { get; } = new(
        from refusal in s_refusals
        from first in (int[])[0, 5]
        from call in Enum.GetValues<Call>()
        select new TheoryDataRow<int, string, int, Call>(refusal.Error, refusal.Name, first, call));

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    public async Task A_splice_that_is_refused(int error, string name, int first, Call call)
    {
        using MeterProbe probe = new();
        using FaultyKernel kernel = new(error) { RefuseFillsFrom = first };

        TransferResult result = await Copy(call);

        Assert.True(kernel.HasRefused, "the fault was not met");
        Assert.Equal(error, result.FallbackError);
        Assert.Equal([KeyValuePair.Create(name, 1L)], probe.Fallbacks);
        Assert.Equal(first > 0, probe.Spliced > 0);
        probe.AssertMoved(result);
        probe.AssertIdle();
    }

    // Want of descriptors passes, so every full read asks again, and is refused again: it is one fallback.
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(24, "EMFILE", Call.Sync)]
    [InlineData(24, "EMFILE", Call.Async)]
    [InlineData(23, "ENFILE", Call.Async)]
    [InlineData(1, "EPERM", Call.Async)]
    public async Task A_pipe_that_is_refused(int error, string name, Call call)
    {
        using MeterProbe probe = new();
        using FaultyKernel kernel = new(error) { RefusePipes = true };

        TransferResult result = await Copy(call);

        Assert.True(kernel.HasRefused, "the fault was not met");
        Assert.Equal((error, 0), (result.FallbackError, result.BytesSpliced));
        Assert.Equal([KeyValuePair.Create(name, 1L)], probe.Fallbacks);
        bool isForGood = name == "EPERM";
        Assert.Equal(isForGood ? 0 : probe.Promotions, probe.Demotions);
        Assert.True(isForGood ? probe.Promotions == 1 : probe.Promotions > 1, $"{probe.Promotions} promotions");
        probe.AssertMoved(result);
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task Each_direction_of_a_relay()
    {
        const int EInval = 22;
        using MeterProbe probe = new();
        using FaultyKernel kernel = new(EInval) { RefuseFillsFrom = 0 };
        using Rig rig = new(Family.Tcp, Family.Tcp);
        Task<RelayResult> relay = Relay.RunAsync(rig.Source, rig.Destination).AsTask();
        Task<Received> rightReader = Peer.Read(rig.Reader);
        Task<Received> leftReader = Peer.Read(rig.Writer, pattern: Pattern.Other);
        Task<long> leftWriter = Peer.Write(rig.Writer, Total);
        Task<long> rightWriter = Peer.Write(rig.Reader, Total, pattern: Pattern.Other);
        await Peer.AssertAll(Total, leftWriter, rightReader);
        await Peer.AssertAll(Total, rightWriter, leftReader);

        RelayResult result = await relay.Within("the relay");

        TransferResult[] both = [result.LeftToRight, result.RightToLeft];
        Assert.Equal(
            both.Count(direction => direction.FallbackError == EInval), probe.Fallbacks.GetValueOrDefault("EINVAL"));
        Assert.True(probe.Fallbacks.Count == 1, "the fault was not met");
        probe.AssertMoved(both);
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task An_error_that_is_no_refusal_is_none()
    {
        const int NoMemory = 12;
        using MeterProbe probe = new();
        using FaultyKernel kernel = new(NoMemory) { RefuseDrainsFrom = 0 };

        TransferException thrown = await Assert.ThrowsAsync<TransferException>(() => Copy(Call.Async));

        Assert.Equal(NoMemory, thrown.Error);
        Assert.Empty(probe.Fallbacks);
        probe.AssertMoved(thrown.Progress);
        probe.AssertIdle();
    }

    /// <summary>A stream of which so much is queued before that the first read fills its block.</summary>
    private static async Task<TransferResult> Copy(Call call)
    {
        using Rig rig = new(Family.Tcp, Family.Unix);
        Task<long> writer = Peer.Write(rig.Writer, Total);
        Task<Received> reader = Peer.Read(rig.Reader);
        try
        {
            await Deadline.Until("something is queued", () => rig.Source.Available > 80_000, 5000);
            TransferResult result = await rig.Start(call).Within("the transfer");
            Assert.Equal(Total, result.BytesWritten);
            return result;
        }
        finally
        {
            rig.Destination.Shutdown(SocketShutdown.Send);
            rig.Source.Dispose();
            _ = await writer.Within("the writer");
            _ = await reader.Within("the reader");
        }
    }
}

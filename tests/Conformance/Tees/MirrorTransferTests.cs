// A transfer with a mirror: both get every byte, by the mechanism that the mode allows.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Tees;

public sealed class MirrorTransferTests
{
    private const int Large = 3_000_017;

    private static readonly TransferMode[] s_modes = Matrix.Modes;
    private static readonly Call[] s_calls = Enum.GetValues<Call>();

    public static TheoryData<TargetKind, TransferMode, Call> Rows { get; } =
        new MatrixTheoryData<TargetKind, TransferMode, Call>(Enum.GetValues<TargetKind>(), s_modes, s_calls);

    public static TheoryData<TransferMode, Call> ModesCalls { get; } =
        new MatrixTheoryData<TransferMode, Call>(s_modes, s_calls);

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    public async Task A_large_stream(TargetKind kind, TransferMode mode, Call call)
    {
        TransferResult result = await MirrorScenario.Copy(
            call == Call.Sync ? Family.Unix : Family.Tcp,
            mode == TransferMode.Auto ? Family.Tcp : Family.Unix,
            call,
            new TransferOptions { Mode = mode },
            kind,
            Large);
        Assert.Equal(TransferEnd.EndOfStream, result.EndedBy);
        ResultAssert.Moved(result, Large, mode);
        if (Matrix.Here(mode) == TransferMode.Auto)
        {
            Assert.True(result.Mirror!.BytesTeed > 0, "a large stream is mirrored by tee(2)");
        }
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    public Task Small_messages_are_at_the_mirror_first(TargetKind kind, TransferMode mode, Call call)
        => MirrorScenario.Messages(call, mode, kind);

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.Pairs), MemberType = typeof(Matrix))]
    public async Task All_pairs_of_families(Family source, Family destination)
    {
        foreach (TransferMode mode in s_modes)
        {
            await MirrorScenario.Copy(
                source, destination, Call.Async, new TransferOptions { Mode = mode }, TargetKind.Pipe, 500_009);
        }
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(ModesCalls))]
    public async Task A_prefix_is_mirrored_too(TransferMode mode, Call call)
    {
        foreach (int length in (int[])[1, 4097, 300_001])
        {
            foreach (TargetKind kind in (TargetKind[])[TargetKind.OnePage, TargetKind.File, TargetKind.Tcp])
            {
                TransferOptions options = new() { Mode = mode, Prefix = Pattern.Default.Bytes(0, length) };
                await MirrorScenario.Copy(Family.Tcp, Family.Unix, call, options, kind, 100_003);
            }
        }
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(ModesCalls))]
    public async Task A_limit_holds_for_both(TransferMode mode, Call call)
    {
        foreach (long limit in (long[])[1, 4096, 70_001, 199_999, 200_000, 200_001])
        {
            foreach (TargetKind kind in (TargetKind[])[TargetKind.Pipe, TargetKind.File])
            {
                TransferOptions options = new() { Mode = mode, LimitBytes = limit };
                TransferResult result = await MirrorScenario.Copy(
                    Family.Unix, Family.Tcp, call, options, kind, 200_000);
                Assert.Equal(
                    limit <= 200_000 ? TransferEnd.LimitReached : TransferEnd.EndOfStream, result.EndedBy);
            }
        }
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(ModesCalls))]
    public async Task A_limit_of_0_touches_nothing(TransferMode mode, Call call)
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        using Pipe target = Pipe.Create();
        rig.Writer.Send("hello"u8);
        TransferOptions options = new() { Mode = mode, LimitBytes = 0, Mirror = target };
        TransferResult result = await rig.Start(call, options).Within("the transfer", 500);
        Assert.Equal((0, TransferEnd.LimitReached), (result.BytesWritten, result.EndedBy));
        Assert.Equal(0, target.Available);
        Assert.False(rig.Reader.Poll(0, SelectMode.SelectRead), "something was written");
    }

    [Fact(Timeout = Deadline.Ms)]
    public Task A_rate_holds_with_a_mirror() => AllAtOnce.Run(async (mode, call) =>
    {
        long start = Environment.TickCount64;
        TransferOptions options = new() { Mode = mode, BytesPerSecond = 300_000 };
        await MirrorScenario.Copy(Family.Tcp, Family.Tcp, call, options, TargetKind.Pipe, 90_000);
        Assert.InRange(Environment.TickCount64 - start, 190, 1500);
    });

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    public async Task Streams_at_both_ends(Call call)
    {
        foreach (TransferMode mode in (TransferMode[])[TransferMode.Auto, TransferMode.CopyOnly])
        {
            foreach (TargetKind kind in Enum.GetValues<TargetKind>())
            {
                using MemoryStream source = new(Pattern.Default.Bytes(0, 500_009));
                using Target destination = new(TargetKind.Stream);
                using Target target = new(kind);
                destination.Read();
                target.Read();
                TransferOptions options = new() { Mode = mode, Mirror = target.Endpoint };
                TransferResult result = await Rig.Start(call, source, destination.Endpoint, options)
                    .Within($"the transfer, {mode} {kind}");
                Assert.Equal((TransferEnd.EndOfStream, 500_009), (result.EndedBy, result.BytesWritten));
                MirrorScenario.AssertWhole(result, 500_009, options, target);
                await destination.AssertGot(500_009);
                await target.AssertGot(500_009);
            }
        }
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    public async Task A_pipe_as_source_or_destination(Call call)
    {
        foreach (TransferMode mode in s_modes)
        {
            foreach (TargetKind kind in (TargetKind[])[TargetKind.OnePage, TargetKind.File, TargetKind.Unix])
            {
                using Pipe source = Pipe.Create();
                using Target destination = new(TargetKind.Pipe);
                using Target target = new(kind);
                destination.Read();
                target.Read();
                Task<long> writer = PipePeer.Write(source, 300_007);
                TransferOptions options = new() { Mode = mode, Mirror = target.Endpoint };
                TransferResult result = await Rig.Start(call, source, destination.Endpoint, options)
                    .Within($"the transfer, {mode} {kind}");
                destination.Pipe!.CloseWrite();
                Assert.Equal(300_007, await writer.Within("the writer"));
                Assert.Equal((TransferEnd.EndOfStream, 300_007), (result.EndedBy, result.BytesWritten));
                MirrorScenario.AssertWhole(result, 300_007, options, target);
                await destination.AssertGot(300_007);
                await target.AssertGot(300_007);
            }
        }
    }

    [Fact]
    public void A_mirror_that_cannot_be_written_is_refused_before_a_byte_has_moved()
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        rig.Writer.Send("stays"u8);
        using Socket datagram = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        using MemoryStream constant = new([1], writable: false);
        foreach (TransferEndpoint mirror in (TransferEndpoint[])[datagram, constant, default])
        {
            TransferOptions options = new() { Mirror = mirror };
            Assert.ThrowsAny<ArgumentException>(() => Transfer.Copy(rig.Source, rig.Destination, options));
        }

        Assert.Equal(5, rig.Source.Available);
    }

    // It would read its own copy for ever, or write everything twice.
    [Fact]
    public void A_mirror_that_is_one_of_the_ends_is_refused()
    {
        using Pipe source = Pipe.Create();
        using Pipe destination = Pipe.Create();
        source.Write("stays"u8);
        foreach (Pipe mirror in (Pipe[])[source, destination])
        {
            TransferOptions options = new() { Mirror = mirror, LimitBytes = 5 };
            Assert.ThrowsAny<ArgumentException>(() => Transfer.Copy(source, destination, options));
        }

        Assert.Equal((5, 0), (source.Available, destination.Available));
    }

    // What a sync transfer is woken by is kept for the next one, also by one that never began.
    [Fact]
    public void Refused_mirrors_take_one_event_counter_at_most()
    {
        using Pipe pipe = Pipe.Create();
        using Pipe destination = Pipe.Create();
        int before = EventCounters();
        foreach (Pipe mirror in Enumerable.Repeat(pipe, 20))
        {
            TransferOptions options = new() { Mirror = mirror };
            Assert.ThrowsAny<ArgumentException>(() => Transfer.Copy(pipe, destination, options));
        }

        Assert.InRange(EventCounters() - before, 0, 1);
    }

    private static int EventCounters()
        => Directory.EnumerateFileSystemEntries("/proc/self/fd")
            .Count(path => new FileInfo(path).LinkTarget is { } target && target.Contains("[eventfd]"));
}

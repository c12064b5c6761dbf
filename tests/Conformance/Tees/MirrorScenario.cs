// Transfers and relays with mirrors; also run by children that have lost tee(2) or all of Zerocopy.Sys.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Tees;

internal static class MirrorScenario
{
    private const int Mib = 1 << 20;

    /// <summary>Sizes of small messages.</summary>
    private static readonly int[] s_messages = [1, 2, 100, 1447, 4095, 4096, 1, 3000];

    /// <summary>Everything that goes through a transfer arrives at the destination and at the mirror.</summary>
    internal static async Task<TransferResult> Copy(
        Family source, Family destination, Call call, TransferOptions options, TargetKind kind, int total)
    {
        using Rig rig = new(source, destination);
        using Target target = new(kind);
        target.Read();
        Task<long> writer = Peer.Write(rig.Writer, total, chunk: Mib, start: options.Prefix.Length);
        Task<Received> reader = Peer.Read(rig.Reader);

        TransferResult result = await rig.Start(
            call, options with { Mirror = target.Endpoint }).Within($"the transfer, {kind}");

        rig.Destination.Shutdown(SocketShutdown.Send);
        long moved = Math.Min(total, options.LimitBytes ?? total);
        long mirrored = moved + options.Prefix.Length;
        Assert.Equal(new Received(mirrored, SocketError.Success), await reader.Within("the reader"));
        Assert.Equal((moved, mirrored), (result.BytesConsumed, result.BytesWritten));
        AssertWhole(result, mirrored, options, target);
        await target.AssertGot(mirrored);
        Task<Received> rest = Peer.Read(rig.Source, start: mirrored);
        Assert.Equal(new Received(total - moved, SocketError.Success), await rest.Within("the rest"));
        Assert.Equal(total, await writer.Within("the writer"));
        return result;
    }

    /// <summary>Small messages one by one: each is at the mirror no later than at the destination.</summary>
    internal static async Task Messages(Call call, TransferMode mode, TargetKind kind)
    {
        using Rig rig = new(Family.Tcp, Family.Unix);
        using Target target = new(kind);
        if (kind != TargetKind.Pipe)
        {
            target.Read(); // A message takes a slot, and a pipe has enough for them.
        }

        TransferOptions options = new() { Mode = mode, Mirror = target.Endpoint };
        Task<TransferResult> transfer = rig.Start(call, options);
        int done = 0;
        foreach (int length in s_messages)
        {
            rig.Writer.Send(Pattern.Default.Slice(done, length).Span);
            Pattern.Default.AssertEqual(await Peer.ReadExactly(rig.Reader, length).Within("a message"), done);
            done += length;
            if (kind == TargetKind.Pipe)
            {
                Assert.Equal(done, target.Pipe!.Available);
            }
        }

        rig.Writer.Shutdown(SocketShutdown.Send);
        TransferResult result = await transfer.Within($"the transfer, {mode} {call} {kind}");
        AssertWhole(result, done, options, target);
        target.Read();
        await target.AssertGot(done);
    }

    /// <summary>Both directions of a relay, each with a mirror or without.</summary>
    internal static async Task Relayed(TransferMode mode, TargetKind? leftToRight, TargetKind? rightToLeft)
    {
        const int LeftBytes = 2_000_003;
        const int RightBytes = 1_000_001;
        using Rig rig = new(Family.Tcp, Family.Unix);
        using Target? forward = leftToRight is { } left ? new Target(left) : null;
        using Target? backward = rightToLeft is { } right ? new Target(right, pattern: Pattern.Other) : null;
        forward?.Read();
        backward?.Read();
        RelayOptions options = new()
        {
            LeftToRight = new FlowOptions { Mode = mode, Mirror = forward?.Endpoint },
            RightToLeft = new FlowOptions { Mode = mode, Mirror = backward?.Endpoint },
        };
        Task<RelayResult> relay = Relay.RunAsync(rig.Source, rig.Destination, options).AsTask();
        Task<Received> rightReader = Peer.Read(rig.Reader);
        Task<Received> leftReader = Peer.Read(rig.Writer, pattern: Pattern.Other);
        Task<long> leftWriter = Peer.Write(rig.Writer, LeftBytes, chunk: Mib);
        Task<long> rightWriter = Peer.Write(rig.Reader, RightBytes, chunk: Mib, pattern: Pattern.Other);
        await Peer.AssertAll(LeftBytes, leftWriter, rightReader);
        await Peer.AssertAll(RightBytes, rightWriter, leftReader);
        RelayResult result = await relay.Within("the relay");
        Assert.Equal((RelayEnd.EndOfStream, 0), (result.EndedBy, result.Error));
        await AssertAllArrived(result.LeftToRight, LeftBytes, options.LeftToRight, forward);
        await AssertAllArrived(result.RightToLeft, RightBytes, options.RightToLeft, backward);
    }

    /// <summary>Questions and answers of many sizes through a relay that closes its ends; both mirrors get what
    /// passed.</summary>
    internal static async Task PingPong(TransferMode mode, TargetKind questions, TargetKind answers, int rounds)
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        using Target asked = new(questions);
        using Target answered = new(answers, pattern: Pattern.Other);
        asked.Read();
        answered.Read();
        RelayOptions options = new()
        {
            LeftToRight = new FlowOptions { Mode = mode, Mirror = asked.Endpoint },
            RightToLeft = new FlowOptions { Mode = mode, Mirror = answered.Endpoint },
            CloseEndpoints = true,
        };
        Task<RelayResult> relay = Relay.RunAsync(rig.Source, rig.Destination, options).AsTask();
        long total = await Deadline.OnThread(() => Talk(rig.Writer, rig.Reader, rounds)).Within("the talk");
        rig.Writer.Shutdown(SocketShutdown.Send);
        rig.Reader.Shutdown(SocketShutdown.Send);
        RelayResult result = await relay.Within("the relay");
        Assert.Equal((RelayEnd.EndOfStream, 0), (result.EndedBy, result.Error));
        await AssertAllArrived(result.LeftToRight, total, options.LeftToRight, asked);
        await AssertAllArrived(result.RightToLeft, total, options.RightToLeft, answered);
        Assert.Equal(0, rig.Writer.Receive(new byte[1]));
        Assert.Equal(0, rig.Reader.Receive(new byte[1]));
    }

    /// <summary>What a mirror has to report when all went well.</summary>
    internal static void AssertWhole(TransferResult result, long count, FlowOptions options, Target target)
    {
        TeeResult mirror = Assert.IsType<TeeResult>(result.Mirror);
        TeeScenario.AssertWhole(mirror, count, isPipe: target.Pipe is not null);
        switch (options.Mode)
        {
            case TransferMode.RequireZeroCopy:
                int prefix = options.Prefix.Length;
                Assert.Equal((count - prefix, prefix), (mirror.BytesTeed, mirror.BytesCopied));
                Assert.Equal(count - prefix, result.BytesSpliced);
                break;
            case TransferMode.CopyOnly:
                Assert.Equal((0, count), (mirror.BytesTeed, mirror.BytesCopied));
                Assert.Equal(count, result.BytesBuffered);
                break;
            default:
                break;
        }
    }

    private static async Task AssertAllArrived(TransferResult result, long count, FlowOptions options, Target? target)
    {
        Assert.Equal(
            (TransferEnd.EndOfStream, count, count), (result.EndedBy, result.BytesConsumed, result.BytesWritten));
        if (target is null)
        {
            Assert.Null(result.Mirror);
            return;
        }

        AssertWhole(result, count, options, target);
        await target.AssertGot(count);
    }

    private static long Talk(Socket left, Socket right, int rounds)
    {
        byte[] buffer = new byte[4096];
        long done = 0;
        for (int i = 0; i < rounds; i++)
        {
            int length = s_messages[i % s_messages.Length];
            Say(left, right, Pattern.Default);
            Say(right, left, Pattern.Other);
            done += length;

            void Say(Socket from, Socket to, Pattern pattern)
            {
                from.Send(pattern.Slice(done, length).Span);
                for (int got = 0; got < length;)
                {
                    int part = to.Receive(buffer, 0, length - got, SocketFlags.None);
                    Assert.True(part > 0, "the stream ended");
                    pattern.AssertEqual(buffer.AsSpan(0, part), done + got);
                    got += part;
                }
            }
        }

        return done;
    }
}

// Shuts itself into a sandbox, then transfers.
using System.Globalization;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Faults;

internal sealed class SandboxChild : IChild
{
    /// <summary>Enough for several full reads, so that the flow asks for splice.</summary>
    private const int Bytes = 3_000_017;

    /// <summary>More than fits between a transfer and a reader that waits.</summary>
    private const int LateBytes = 50_000_017;

    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _call;
    private int _error;

    public int Run(string[] args)
    {
        if (!File.Exists("/proc/sys/kernel/seccomp/actions_avail"))
        {
            return ChildProcess.Skip("this kernel has no seccomp filters");
        }

        _call = Libc.NumberOf(args[0]);
        _error = int.Parse(args[1], CultureInfo.InvariantCulture);
        ReadyThreads.Start();
        (args[2] switch
        {
            "relay" => RelayBoth(),
            "late" => Late(),
            "require" => Require(),
            _ => Copy(Enum.Parse<Call>(args[2])),
        }).GetAwaiter().GetResult();
        Console.WriteLine("done");
        return 0;
    }

    /// <summary>The pipes made so far are closed too.</summary>
    private void CloseSandbox()
    {
        FdCaches.Empty();
        Libc.RefuseSystemCalls(_error, _call);
    }

    private async Task Copy(Call call)
    {
        List<(Rig Rig, Task<long> Writer, Task<Received> Reader)> all = [];
        foreach (Family source in Enum.GetValues<Family>())
        {
            foreach (Family destination in Enum.GetValues<Family>())
            {
                Rig rig = new(source, destination);
                all.Add((rig, await ReadyThreads.Writer(rig.Writer, Bytes, _gate.Task), Peer.Read(rig.Reader)));
            }
        }

        CloseSandbox();
        _gate.SetResult();
        foreach ((Rig rig, Task<long> writer, Task<Received> reader) in all)
        {
            TransferResult result = call == Call.Sync
                ? Transfer.Copy(rig.Source, rig.Destination) : await rig.Start(call).Within("the transfer");
            rig.Destination.Shutdown(SocketShutdown.Send);
            await Peer.AssertAll(Bytes, writer, reader);
            AssertCopied(result);
            Assert.Equal(TransferEnd.EndOfStream, result.EndedBy);
            rig.Dispose();
        }
    }

    private async Task RelayBoth()
    {
        using Rig rig = new(Family.Tcp, Family.Unix);
        Task<Received> rightReader = Peer.Read(rig.Reader);
        Task<Received> leftReader = Peer.Read(rig.Writer, pattern: Pattern.Other);
        Task<long> leftWriter = await ReadyThreads.Writer(rig.Writer, Bytes, _gate.Task);
        Task<long> rightWriter = await ReadyThreads.Writer(rig.Reader, Bytes, _gate.Task, pattern: Pattern.Other);
        CloseSandbox();
        _gate.SetResult();
        RelayResult result = await Relay.RunAsync(rig.Source, rig.Destination).Within("the relay");
        await Peer.AssertAll(Bytes, leftWriter, rightReader);
        await Peer.AssertAll(Bytes, rightWriter, leftReader);
        Assert.Equal(RelayEnd.EndOfStream, result.EndedBy);
        AssertCopied(result.LeftToRight);
        AssertCopied(result.RightToLeft);
    }

    /// <summary>The sandbox closes while a transfer splices: it goes on from the exact position.</summary>
    private async Task Late()
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        Task<long> writer = await ReadyThreads.Writer(rig.Writer, LateBytes, _gate.Task);
        Task<TransferResult> running = rig.Start(Call.Async);
        _gate.SetResult();
        Task<Received> before = Peer.Read(rig.Reader, max: Bytes);
        Assert.Equal(new Received(Bytes, SocketError.Success), await before.Within("the first part"));
        CloseSandbox();
        Task<Received> after = Peer.Read(rig.Reader, start: Bytes);
        TransferResult result = await running.Within("the transfer");
        rig.Destination.Shutdown(SocketShutdown.Send);
        await Peer.AssertAll(LateBytes - Bytes, Task.FromResult<long>(LateBytes - Bytes), after);
        Assert.Equal(LateBytes, await writer.Within("the writer"));
        Assert.Equal((LateBytes, LateBytes), (result.BytesConsumed, result.BytesWritten));
        Assert.True(result.BytesSpliced > 0, "it spliced at first");
        Assert.True(result.BytesBuffered > 0, "it copied later");
        Assert.Equal(_error, result.FallbackError);
    }

    private async Task Require()
    {
        TransferOptions options = new() { Mode = TransferMode.RequireZeroCopy };
        using Rig rig = new(Family.Tcp, Family.Tcp);
        rig.Writer.Send("stays"u8);
        CloseSandbox();
        NotSupportedException sync = Assert.Throws<NotSupportedException>(
            () => Transfer.Copy(rig.Source, rig.Destination, options));
        Console.WriteLine(sync.Message);
        NotSupportedException refusal = await Assert.ThrowsAsync<NotSupportedException>(
            () => rig.Start(Call.Async, options).Within("the transfer"));
        Console.WriteLine(refusal.Message);
        FlowOptions flow = new() { Mode = TransferMode.RequireZeroCopy };
        await Assert.ThrowsAsync<NotSupportedException>(() => Relay.RunAsync(
            rig.Source, rig.Destination, new RelayOptions { LeftToRight = flow }).Within("the relay"));
        byte[] left = new byte[6];
        Assert.Equal(5, rig.Source.Receive(left));
        Assert.Equal("stays"u8, left.AsSpan(0, 5));
        Assert.Equal(0, rig.Reader.Available);
    }

    private void AssertCopied(TransferResult result)
    {
        Assert.Equal((Bytes, Bytes, 0L), (result.BytesBuffered, result.BytesConsumed, result.BytesSpliced));
        Assert.Equal(_error, result.FallbackError);
    }
}

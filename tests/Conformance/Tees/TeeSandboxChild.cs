// Shuts itself into a sandbox without tee(2), then tees and mirrors.
using System.Globalization;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Tees;

internal sealed class TeeSandboxChild : IChild
{
    private const int Total = 3_000_017;

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
        FdCaches.WarmUp();
        (args[2] switch
        {
            "tees" => Tees(),
            "mirrors" => Mirrors(),
            "late tees" => LateTees(),
            "late mirrors" => LateMirrors(),
            _ => Require(),
        }).GetAwaiter().GetResult();
        Console.WriteLine("done");
        return 0;
    }

    private void CloseSandbox()
    {
        FdCaches.Empty();
        Libc.RefuseSystemCalls(_error, _call);
    }

    private async Task Tees()
    {
        CloseSandbox();
        foreach (Way way in Enum.GetValues<Way>().Where(way => way is not (Way.RequireZeroCopy or Way.InLimits)))
        {
            foreach (TargetKind kind in Enum.GetValues<TargetKind>())
            {
                AssertCopied(await TeeScenario.Everybody_gets_everything(way, kind));
            }

            AssertCopied(await TeeScenario.Everybody_gets_everything(way, Enum.GetValues<TargetKind>()));
        }

        await TeeScenario.Chain(10);
        await TeeScenario.Waits(TargetKind.OnePage);
        await TeeScenario.Detaches(TargetKind.OnePage);
        await TeeScenario.LosesItsReader(TeeFailure.Stop);
        await TeeScenario.LosesItsReader(TeeFailure.Detach);
    }

    private async Task Mirrors()
    {
        CloseSandbox();
        foreach (TargetKind kind in Enum.GetValues<TargetKind>())
        {
            foreach (Call call in Enum.GetValues<Call>())
            {
                TransferResult result = await MirrorScenario.Copy(
                    Family.Tcp, Family.Unix, call, new TransferOptions(), kind, Total);
                AssertCopied([result.Mirror!]);
                await MirrorScenario.Messages(call, TransferMode.Auto, kind);
            }

            await MirrorScenario.Relayed(TransferMode.Auto, kind, TargetKind.File);
            await MirrorScenario.PingPong(TransferMode.Auto, TargetKind.Pipe, kind, rounds: 24);
        }
    }

    /// <summary>The sandbox closes while tee(2) is in use. A tee of pipes that are there already fails, which is told,
    /// and nobody else loses a byte.</summary>
    private async Task LateTees()
    {
        using Pipe pipe = Pipe.Create();
        using Target first = new(TargetKind.Pipe);
        using Target second = new(TargetKind.OnePage);
        Tee[] tees = [pipe.Tee(first.Endpoint), pipe.Tee(second.Endpoint)];
        first.Read();
        second.Read();
        Task<long> writer = PipePeer.Write(pipe, Total);
        await PipePeer.ReadExactly(pipe, 500_009).Within("the beginning");
        CloseSandbox();
        Assert.Equal(Total - 500_009, await PipePeer.ReadAll(pipe, 500_009).Within("the rest"));
        Assert.Equal(Total, await writer.Within("the writer"));
        foreach ((Tee tee, Target target) in tees.Zip([first, second]))
        {
            TeeResult result = await tee.Completion.Within("a tee");
            Assert.Equal(TeeEnd.Failed, result.EndedBy);
            Assert.NotNull(result.Exception);
            Assert.InRange(result.BytesMirrored, 500_009, Total - 1);
            await target.AssertGot(result.BytesMirrored, cut: true);
        }
    }

    /// <summary>The sandbox closes while a mirror gets its bytes by tee(2): it goes on by copying, from the exact
    /// position.</summary>
    private async Task LateMirrors()
    {
        const int Late = 30_000_017; // More than fits between a transfer and a reader that waits.
        using Rig rig = new(Family.Tcp, Family.Unix);
        using Target target = new(TargetKind.Pipe);
        target.Read();
        Task<long> writer = Peer.Write(rig.Writer, Late, chunk: 1 << 20);
        Task<TransferResult> running = rig.Start(Call.Async, new TransferOptions { Mirror = target.Endpoint });
        Task<Received> before = Peer.Read(rig.Reader, max: Total);
        Assert.Equal(new Received(Total, SocketError.Success), await before.Within("the first part"));
        CloseSandbox();
        Task<Received> after = Peer.Read(rig.Reader, start: Total);
        TransferResult result = await running.Within("the transfer");
        rig.Destination.Shutdown(SocketShutdown.Send);
        Assert.Equal(new Received(Late - Total, SocketError.Success), await after.Within("the second part"));
        Assert.Equal(Late, await writer.Within("the writer"));
        TeeResult mirror = Assert.IsType<TeeResult>(result.Mirror);
        TeeScenario.AssertWhole(mirror, Late, isPipe: true);
        Assert.InRange(mirror.BytesTeed, 1, Late - 1);
        await target.AssertGot(Late);
    }

    private async Task Require()
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        rig.Writer.Send(Pattern.Default.Slice(0, 5).Span);
        CloseSandbox();
        foreach (Call call in Enum.GetValues<Call>())
        {
            using Pipe mirror = Pipe.Create();
            TransferOptions options = new() { Mode = TransferMode.RequireZeroCopy, Mirror = mirror };
            await Assert.ThrowsAsync<NotSupportedException>(
                () => rig.Start(call, options).Within("the transfer"));
            mirror.Write("as it was"u8);
        }

        Pattern.Default.AssertEqual(await Peer.ReadExactly(rig.Source, 5).Within("what stays"));
        Assert.Equal(0, rig.Reader.Available);
    }

    private static void AssertCopied(TeeResult[] results) => Assert.All(
        results, result => Assert.Equal((0, result.BytesMirrored), (result.BytesTeed, result.BytesCopied)));
}

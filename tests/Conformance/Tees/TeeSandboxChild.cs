// Shuts itself into a sandbox without tee(2), then tees and mirrors.
using System.Globalization;
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
            "relays" => Relays(),
            "late" => Late(),
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
        }
    }

    private async Task Relays()
    {
        CloseSandbox();
        foreach (TargetKind kind in Enum.GetValues<TargetKind>())
        {
            await MirrorScenario.Relayed(TransferMode.Auto, kind, TargetKind.File);
            await MirrorScenario.PingPong(TransferMode.Auto, TargetKind.Pipe, kind, rounds: 24);
        }
    }

    /// <summary>The sandbox closes while tee(2) is in use: the tee goes on from the exact position.</summary>
    private async Task Late()
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
        foreach (Tee tee in tees)
        {
            TeeResult result = await tee.Completion.Within("a tee");
            TeeScenario.AssertWhole(result, Total, isPipe: true);
            Assert.InRange(result.BytesTeed, 500_009, Total - 1);
        }

        await first.AssertGot(Total);
        await second.AssertGot(Total);
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

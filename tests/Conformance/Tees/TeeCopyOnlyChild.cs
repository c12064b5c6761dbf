// Tees and mirrors with the process switch on.
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Tees;

internal sealed class TeeCopyOnlyChild : IChild
{
    public int Run(string[] args)
    {
        AppContext.SetSwitch("Zerocopy.CopyOnly", true);
        (args[0] == "tees" ? Tees() : Mirrors()).GetAwaiter().GetResult();
        Console.WriteLine("done");
        return 0;
    }

    private static async Task Tees()
    {
        await Ways();
        for (int length = 1; length <= 10; length++)
        {
            await TeeScenario.Chain(length);
        }

        await TeeScenario.Waits(TargetKind.OnePage);
        await TeeScenario.Waits(TargetKind.Tcp);
        await TeeScenario.Detaches(TargetKind.OnePage);
        await TeeScenario.Detaches(TargetKind.Stream);
        await TeeScenario.LosesItsReader(TeeFailure.Stop);
        await TeeScenario.LosesItsReader(TeeFailure.Detach);
    }

    private static async Task Mirrors()
    {
        await Transfers();
        await Relays();
        await StalledMirror.AssertCostsNoMemory(TransferMode.Auto);
    }

    private static async Task Ways()
    {
        foreach (Way way in Enum.GetValues<Way>().Where(way => way != Way.RequireZeroCopy))
        {
            foreach (TargetKind kind in Enum.GetValues<TargetKind>())
            {
                AssertCopied(await TeeScenario.Everybody_gets_everything(way, kind));
            }

            AssertCopied(await TeeScenario.Everybody_gets_everything(way, Enum.GetValues<TargetKind>()));
        }

        using Pipe pipe = Pipe.Create();
        Assert.False(pipe.IsKernelPipe);
    }

    private static async Task Transfers()
    {
        foreach (TargetKind kind in Enum.GetValues<TargetKind>())
        {
            foreach (Call call in Enum.GetValues<Call>())
            {
                TransferOptions options = new() { Prefix = Pattern.Default.Bytes(0, 10_000) };
                TransferResult result = await MirrorScenario.Copy(
                    Family.Tcp, Family.Unix, call, options, kind, 1_000_003);
                Assert.Equal((0, 1_010_003), (result.Mirror!.BytesTeed, result.Mirror.BytesCopied));
                await MirrorScenario.Copy(
                    Family.Unix, Family.Tcp, call, new TransferOptions { LimitBytes = 70_001 }, kind, 200_000);
                await MirrorScenario.Messages(call, TransferMode.Auto, kind);
            }
        }
    }

    private static async Task Relays()
    {
        foreach (TargetKind kind in Enum.GetValues<TargetKind>())
        {
            await MirrorScenario.Relayed(TransferMode.Auto, kind, TargetKind.File);
            await MirrorScenario.PingPong(TransferMode.Auto, TargetKind.Pipe, kind, rounds: 24);
        }
    }

    private static void AssertCopied(TeeResult[] results) => Assert.All(
        results, result => Assert.Equal((0, result.BytesMirrored), (result.BytesTeed, result.BytesCopied)));
}

// How things end where nothing is asked of the kernel: the same scenarios in a process with the switch on.
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;
using Zerocopy.Conformance.Tees;

namespace Zerocopy.Conformance.Relays;

internal sealed class CopyOnlyEndingsChild : IChild
{
    private const int Repeats = 10;

    public int Run(string[] args)
    {
        AppContext.SetSwitch("Zerocopy.CopyOnly", true);
        (args[0] switch
        {
            "mirrors" => Mirrors(),
            "half-close" => HalfClose(),
            _ => Lingering(),
        }).GetAwaiter().GetResult();
        Console.WriteLine("done");
        return 0;
    }

    private static async Task Mirrors()
    {
        foreach (Corpse corpse in Enum.GetValues<Corpse>())
        {
            foreach (Call call in Enum.GetValues<Call>())
            {
                await DeadMirrorScenario.Detached(corpse, TransferMode.Auto, call, Repeats);
                await DeadMirrorScenario.Stopped(corpse, TransferMode.Auto, call, Repeats);
            }

            await DeadMirrorScenario.Relayed(corpse, Repeats);
        }
    }

    private static async Task HalfClose()
    {
        foreach (bool isLeft in (bool[])[true, false])
        {
            await NoHalfCloseScenario.Ends(Family.Tcp, isLeft);
            await NoHalfCloseScenario.Ends(Family.Unix, isLeft);
            await NoHalfCloseScenario.DeliversWhatWasTaken(isLeft);
        }
    }

    private static async Task Lingering()
    {
        foreach (Given given in Enum.GetValues<Given>())
        {
            await LingeringScenario.KeepsTheTail(given, Family.Tcp, isKernel: false);
            await LingeringScenario.NeverWaits(10, given, peerHasEnded: true);
            await LingeringScenario.NeverWaits(0, given, peerHasEnded: false);
        }

        await LingeringScenario.IsOverInTime();
    }
}

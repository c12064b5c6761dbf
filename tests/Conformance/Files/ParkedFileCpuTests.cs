// Whatever a transfer of a file, a foreign pipe or a device waits for, it waits without using the processor.
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Files;

public sealed class ParkedFileCpuTests
{
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Waits.All), MemberType = typeof(Waits))]
    [Cases("X-18")]
    public async Task Without_a_processor(Wait wait)
    {
        List<ParkedFiles> all = [];
        try
        {
            foreach (TransferMode mode in Waits.ModesOf(wait))
            {
                all.AddRange(Enum.GetValues<Call>().Select(call => new ParkedFiles(wait, mode, call)));
            }

            await Task.WhenAll(all.Select(parked => parked.UntilItWaits()));
            await CpuMeter.AssertParked($"{wait}");
            foreach (ParkedFiles parked in all)
            {
                parked.Cancel();
                await Assert.ThrowsAsync<TransferCanceledException>(() => parked.Transfer.Within("the cancel"));
            }
        }
        finally
        {
            all.ForEach(parked => parked.Dispose());
        }
    }
}

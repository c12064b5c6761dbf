// For what mostly waits: every mode and every call at the same time, each with its own sockets.
using Xunit;

namespace Zerocopy.Conformance.Harness;

internal static class AllAtOnce
{
    /// <summary>Runs the case six times at once. A failure names its row.</summary>
    internal static Task Run(Func<TransferMode, Call, Task> test) => Task.WhenAll(
        from mode in Matrix.Modes
        from call in Enum.GetValues<Call>()
        select Named(mode, call, test));

    private static async Task Named(TransferMode mode, Call call, Func<TransferMode, Call, Task> test)
    {
        try
        {
            await test(mode, call);
        }
        catch (Exception e)
        {
            Assert.Fail($"{mode}, {call}: {e}");
        }
    }
}

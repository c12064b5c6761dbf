// Memory is bounded: relays whose peers do not read take no more than the budget, and nobody waits for what they hold.
using System.Globalization;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Faults;

public sealed class StalledRelaysTests(ITestOutputHelper output)
{
    /// <summary>Set it to have as many stalled relays as the limit of descriptors allows.</summary>
    private const string CountVariable = "ZEROCOPY_STALLED";

    private const string HeapLimit = "DOTNET_GCHeapHardLimit=0x8000000"; // 128 MiB

    [Theory, Cases("F-90", "F-91")]
    [InlineData("tcp")]
    [InlineData("tcp", 1 << 20, Traits = [KernelOnlyAttribute.Trait, nameof(Why.Memory)])]
    [InlineData("unix", 1 << 20, Traits = [KernelOnlyAttribute.Trait, nameof(Why.Memory)])]
    public void The_process_lives_the_others_go_on_and_every_byte_arrives(string family, int? mark = null)
    {
        string count = Environment.GetEnvironmentVariable(CountVariable) is { Length: > 0 } asked ? asked : "600";
        string[] marks = mark is { } bytes
            ? [.. Enumerable.Repeat(bytes.ToString(CultureInfo.InvariantCulture), 2)] : [];
        string told = ChildProcess.Run<StalledRelaysChild>([family, count, .. marks], "env", HeapLimit);
        output.WriteLine(told);
        Assert.Contains("done", told, StringComparison.Ordinal);
    }
}

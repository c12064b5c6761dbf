// A real OutOfMemoryException out of a stream of .NET's own.
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.UserCode;

public sealed class FullMemoryTests
{
    [Theory]
    [InlineData("sync")]
    [InlineData("async")]
    [InlineData("relay")]
    [Cases("F-08")]
    public void A_stream_that_finds_no_memory_ends_its_transfer_alone(string how)
        => Assert.Contains(
            "done",
            ChildProcess.Run<FullMemoryChild>([how], "env", "DOTNET_GCHeapHardLimit=0x6000000"), // 96 MiB
            StringComparison.Ordinal);
}

// The budget of blocks is spent from the start: nothing waits, nothing is lost, and nobody gets more than the least.
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Faults;

public sealed class ScarceMemoryTests
{
    [KernelOnly(Why.Memory)]
    [Theory, Cases("F-92")]
    [InlineData("pairs")]
    [InlineData("marks")]
    [InlineData("ends")]
    public void Every_pair_of_ends_delivers_every_byte(string what) => Run(what);

    [KernelOnly(Why.Memory)]
    [Fact, Cases("F-93")]
    public void A_stopped_transfer_has_taken_what_it_wrote_and_nothing_else() => Run("cancel");

    [Fact, Cases("F-94")]
    public void A_read_that_a_stream_has_begun_owns_no_more_than_the_least() => Run("reads");

    [KernelOnly(Why.Memory)]
    [Fact]
    public void The_meter_counts_blocks_and_what_was_peeked() => Run("meter");

    [Fact, Cases("F-95")]
    public void A_setting_that_is_no_number_is_named_to_the_first_caller() => Run("setting");

    [Fact, Cases("F-96")]
    public void Where_the_heap_is_full_renting_fails_and_counts_nothing()
        => Run("full", "env", "DOTNET_GCHeapHardLimit=0x4000000"); // 64 MiB

    private static void Run(string what, params string[] launcher)
        => Assert.Contains("done", ChildProcess.Run<ScarceMemoryChild>([what], launcher), StringComparison.Ordinal);
}

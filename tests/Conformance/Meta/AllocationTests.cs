// A warm transfer allocates nothing. Measured in a process of its own, where nobody else allocates.
using System.Globalization;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Meta;

[KernelOnly(Why.Cost)]
public sealed class AllocationTests
{
    private const int RelayStartBytesMax = 400;

    /// <summary>For the runtime's own threads, in ten thousand calls.</summary>
    private const int NoiseBytesMax = 1024;

    [Theory]
    [InlineData("transfer")]
    [InlineData("transfer, few at once")]
    [InlineData("relay")]
    public void Ten_thousand_calls_over_the_same_sockets_allocate_nothing(string what)
    {
        RequireRelease();
        (long bytes, int calls) = Measure(what);
        Assert.Equal(10_000, calls);
        Assert.True(bytes < NoiseBytesMax, $"{calls} calls allocated {bytes} bytes");
    }

    [Theory]
    [InlineData("transfer")]
    [InlineData("relay")]
    public void Nor_do_they_while_somebody_listens_to_the_meter(string what)
    {
        RequireRelease();
        (long bytes, int calls) = Measure(what, AllocationChild.Listening);
        Assert.Equal(10_000, calls);
        Assert.True(bytes < NoiseBytesMax, $"{calls} calls allocated {bytes} bytes");
    }

    [Fact]
    public void A_started_relay_allocates_little_more_than_the_object_its_user_holds()
    {
        RequireRelease();
        (long bytes, int calls) = Measure("start");
        Assert.Equal(1_000, calls);
        double each = (double)bytes / calls;
        Assert.True(each <= RelayStartBytesMax, $"{each:F1} bytes a call");
        Assert.True(each > 0, "a Relay object was made for each call, so this measures nothing");
    }

    private static (long Bytes, int Calls) Measure(params string[] what)
    {
        string[] words =
            ChildProcess.Run<AllocationChild>(what).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return (long.Parse(words[0], CultureInfo.InvariantCulture), int.Parse(words[1], CultureInfo.InvariantCulture));
    }

    private static void RequireRelease()
    {
#if DEBUG
        Assert.Skip("Debug builds allocate in their assertions and async methods: run a Release build.");
#endif
    }
}

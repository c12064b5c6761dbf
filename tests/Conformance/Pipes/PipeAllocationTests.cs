// Warm calls of a pipe allocate nothing. Measured in a process of its own, where nobody else allocates.
using System.Globalization;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Pipes;

[KernelOnly(Why.Cost)]
public sealed class PipeAllocationTests
{
    /// <summary>For the runtime's own threads, in ten thousand steps.</summary>
    private const int NoiseBytesMax = 1024;

    /// <summary>The pipe, its core, two handles and the lists of its tees.</summary>
    private const int CreateBytesMax = 1024;

    [Theory]
    [InlineData("sync")]
    [InlineData("async")]
    [InlineData("read that waits")]
    [InlineData("write that waits")]
    [InlineData("sync read that waits")]
    [InlineData("copiers")]
    [InlineData("sync copiers")]
    [InlineData("transfers")]
    [InlineData("teed reads")]
    [InlineData("teed transfers")]
    public void Ten_thousand_steps_allocate_nothing(string what)
    {
        (long bytes, int steps) = Measure(what);
        Assert.True(bytes < NoiseBytesMax, $"{steps} steps allocated {bytes} bytes");
    }

    [Fact]
    [Cases("IO-56")]
    public void A_new_pipe_is_a_few_objects()
    {
        (long bytes, int pipes) = Measure("create");
        double each = (double)bytes / pipes;
        Assert.InRange(each, 1, CreateBytesMax);
    }

    private static (long Bytes, int Steps) Measure(string what)
    {
#if DEBUG
        Assert.Skip("Debug builds allocate in their assertions and async methods: run a Release build.");
#endif
        string[] words = ChildProcess.Run<PipeAllocationChild>([what])
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return (long.Parse(words[0], CultureInfo.InvariantCulture), int.Parse(words[1], CultureInfo.InvariantCulture));
    }
}

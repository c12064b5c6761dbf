// The same tests over memory: what a user sees on another platform is the same.
using System.Globalization;
using Xunit;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Pipes;

public sealed class CopyOnlyPipesTests
{
    [Theory]
    [InlineData(typeof(BusyPipeTests))]
    [InlineData(typeof(CancelledCopyTests))]
    [InlineData(typeof(CapacityTests))]
    [InlineData(typeof(EndedCallTests))]
    [InlineData(typeof(FileDestinationTests))]
    [InlineData(typeof(FullPipeEndTests))]
    [InlineData(typeof(PauseTests))]
    [InlineData(typeof(PipeEndTests))]
    [InlineData(typeof(PipeOptionTests))]
    [InlineData(typeof(PipeStreamTests))]
    [InlineData(typeof(PipeUseTests))]
    [InlineData(typeof(PositionTests))]
    [InlineData(typeof(ReadFromTests))]
    [InlineData(typeof(ReadFromFailureTests))]
    [InlineData(typeof(ReadWriteTests))]
    [InlineData(typeof(ResumeTests))]
    [InlineData(typeof(WriteToTests))]
    public void A_pipe_in_memory_passes_the_same_tests(Type tests)
    {
        string count = ChildProcess.Run<CopyOnlyPipesChild>([tests.FullName!]);
        Assert.True(int.Parse(count, CultureInfo.InvariantCulture) > 0, "no test was found");
    }
}

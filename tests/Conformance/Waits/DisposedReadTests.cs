// A pipe that is disposed under a read: both its ends go, and that looks like the end of the stream.
using System.Diagnostics;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Waits;

[Cases("F-71")]
public sealed class DisposedReadTests
{
    public enum Reading
    {
        Read,
        ReadAsync,
        StreamRead,
        StreamReadAsync,
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Reading.Read, true)]
    [InlineData(Reading.ReadAsync, true)]
    [InlineData(Reading.StreamRead, true)]
    [InlineData(Reading.StreamReadAsync, true)]
    [InlineData(Reading.Read, false)]
    [InlineData(Reading.ReadAsync, false)]
    public async Task A_dispose_is_never_a_clean_end(Reading reading, bool inKernel)
    {
        const int LeastMs = 700;
        const int LongestMs = 5000;
        const int RoundsMin = 100; // On a busy machine they take longer.
        int rounds = await Deadline.OnThread(() =>
        {
            Stopwatch clock = Stopwatch.StartNew();
            int round = 0;
            for (; clock.ElapsedMilliseconds < (round < RoundsMin ? LongestMs : LeastMs); round++)
            {
                Race(reading, inKernel, round);
            }

            return round;
        }).Within("the rounds");
        Assert.True(rounds > 0);
    }

    private static void Race(Reading reading, bool inKernel, int round)
    {
        PipeCore pipe = inKernel ? PipeCore.Create(null) : new MemoryPipe(4096);
        using Stream stream = new PipeStream(pipe, isReadEnd: true);
        using Barrier start = new(2);
        Task disposer = Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                Thread.SpinWait(round % 64);
                pipe.Dispose();
            },
            CancellationToken.None,
            TaskCreationOptions.None,
            TaskScheduler.Default);
        start.SignalAndWait();
        byte[] buffer = new byte[16];
        int count = -1;
        Exception? thrown = Record.Exception(() => count = reading switch
        {
            Reading.Read => PipeCall.Read(pipe, buffer),
            Reading.ReadAsync => PipeCall.ReadAsync(pipe, buffer, default).AsTask().GetAwaiter().GetResult(),
            Reading.StreamRead => stream.Read(buffer, 0, buffer.Length),
            _ => stream.ReadAsync(buffer).AsTask().GetAwaiter().GetResult(),
        });
        disposer.GetAwaiter().GetResult();
        Assert.True(thrown is ObjectDisposedException, $"round {round}: {count} bytes, {thrown}");
    }
}

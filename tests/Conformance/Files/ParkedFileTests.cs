// Whatever a transfer of a file, a foreign pipe or a device waits for: a cancel or a dispose of either end gets it out
// at once, with exact counts.
using System.Diagnostics;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Files;

public sealed class ParkedFileTests
{
    private const int PromptMs = 1500;

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Waits.All), MemberType = typeof(Waits))]
    [Cases("X-16", "GO-124..GO-128")]
    public Task A_cancel_is_prompt(Wait wait) => OnAll(wait, async parked =>
    {
        long start = Stopwatch.GetTimestamp();
        parked.Cancel();
        TransferCanceledException thrown =
            await Assert.ThrowsAsync<TransferCanceledException>(() => parked.Transfer.Within("the transfer", 5000));
        AssertPrompt(start);
        AssertExact(thrown);
    });

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Waits.All), MemberType = typeof(Waits))]
    [Cases("X-16", "GP-02..GP-03")]
    public Task A_dispose_of_the_source_is_prompt(Wait wait)
        => OnAll(wait, parked => AssertDisposed(parked, parked.Source, TransferSide.Source));

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Waits.All), MemberType = typeof(Waits))]
    [Cases("X-16", "GP-02..GP-03")]
    public Task A_dispose_of_the_destination_is_prompt(Wait wait)
        => OnAll(wait, parked => AssertDisposed(parked, parked.Destination, TransferSide.Destination));

    // Four at once on the same pipe: closing releases all.
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(PipeForm.Streams)]
    [InlineData(PipeForm.Blocking, Traits = [KernelOnlyAttribute.Trait, nameof(Why.BlockingHandle)])]
    [InlineData(PipeForm.NonBlocking)]
    [InlineData(PipeForm.Fifo, Traits = [KernelOnlyAttribute.Trait, nameof(Why.BlockingHandle)])]
    [Cases("GP-02..GP-03")]
    public async Task A_dispose_releases_everybody(PipeForm form)
    {
        using ForeignPipe pipe = ForeignPipe.Open(form);
        using SocketPair pair = SocketPair.Unix();
        using CancellationTokenSource cancel = new();
        Task<TransferResult>[] all =
        [
            .. from call in (Call[])[Call.Sync, Call.Async, Call.Sync, Call.Async]
               select Rig.Start(call, pipe.ReadEnd, pair.Near, token: cancel.Token),
        ];
        await Task.Delay(30);
        pipe.CloseRead();
        Task ended = Task.WhenAll(all);
        bool areReleased = await Task.WhenAny(ended, Task.Delay(PromptMs)) == ended;
        cancel.Cancel(); // Nothing of a failed test goes on.
        foreach (Task<TransferResult> transfer in all)
        {
            Exception thrown = await Assert.ThrowsAnyAsync<Exception>(() => transfer.Within("one of four"));
            Assert.True(thrown is TransferDisposedException { Side: TransferSide.Source }, $"{areReleased}: {thrown}");
        }

        Assert.True(areReleased, "they took their time");
    }

    /// <summary>In every mode, by either call, at the same time.</summary>
    private static Task OnAll(Wait wait, Func<ParkedFiles, Task> test) => Task.WhenAll(
        from mode in Waits.ModesOf(wait)
        from call in Enum.GetValues<Call>()
        select OnOne(wait, mode, call, test));

    private static async Task OnOne(Wait wait, TransferMode mode, Call call, Func<ParkedFiles, Task> test)
    {
        using ParkedFiles parked = new(wait, mode, call);
        try
        {
            await parked.UntilItWaits();
            await test(parked);
        }
        catch (Exception e)
        {
            Assert.Fail($"{mode}, {call}: {e}");
        }
    }

    private static async Task AssertDisposed(ParkedFiles parked, TransferEndpoint end, TransferSide side)
    {
        long start = Stopwatch.GetTimestamp();
        await Deadline.OnThread(() => ParkedFiles.Dispose(end)).Within("the dispose itself");
        TransferDisposedException thrown =
            await Assert.ThrowsAsync<TransferDisposedException>(() => parked.Transfer.Within("the transfer", 5000));
        AssertPrompt(start);
        Assert.Equal(side, thrown.Side);
        AssertExact(thrown);
    }

    private static void AssertPrompt(long start)
    {
        double tookMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        Assert.True(tookMs < PromptMs, $"it took {tookMs} ms");
    }

    private static void AssertExact(ITransferFailure failure)
        => Assert.Equal(
            failure.Progress.BytesConsumed - failure.Progress.BytesWritten, failure.Undelivered.Length);
}

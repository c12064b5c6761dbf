// Whatever a transfer of a file, a foreign pipe or a device waits for: it uses no processor, and a cancel or a dispose
// of either end gets it out at once, with exact counts.
using System.Diagnostics;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Files;

public sealed class ParkedFileTests
{
    private const int PromptMs = 1500;

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

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Waits.AllCalls), MemberType = typeof(Waits))]
    [Cases("X-16", "GO-124..GO-128")]
    public async Task A_cancel_is_prompt(Wait wait, Call call)
    {
        foreach (TransferMode mode in Waits.ModesOf(wait))
        {
            using ParkedFiles parked = new(wait, mode, call);
            await parked.UntilItWaits();
            long start = Stopwatch.GetTimestamp();
            parked.Cancel();
            TransferCanceledException thrown =
                await Assert.ThrowsAsync<TransferCanceledException>(() => parked.Transfer.Within("the cancel"));
            AssertPrompt(start, $"the cancel, {mode}");
            AssertExact(thrown);
        }
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Waits.AllCalls), MemberType = typeof(Waits))]
    [Cases("X-16", "GP-02..GP-03")]
    public async Task A_dispose_of_the_source_is_prompt(Wait wait, Call call)
    {
        foreach (TransferMode mode in Waits.ModesOf(wait))
        {
            using ParkedFiles parked = new(wait, mode, call);
            await parked.UntilItWaits();
            await AssertDisposed(parked, parked.Source, TransferSide.Source, $"{mode}");
        }
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Waits.AllCalls), MemberType = typeof(Waits))]
    [Cases("X-16", "GP-02..GP-03")]
    public async Task A_dispose_of_the_destination_is_prompt(Wait wait, Call call)
    {
        foreach (TransferMode mode in Waits.ModesOf(wait))
        {
            using ParkedFiles parked = new(wait, mode, call);
            await parked.UntilItWaits();
            await AssertDisposed(parked, parked.Destination, TransferSide.Destination, $"{mode}");
        }
    }

    // Four at once on the same pipe: closing releases all.
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(PipeForm.Streams)]
    [InlineData(PipeForm.Blocking)]
    [InlineData(PipeForm.NonBlocking)]
    [InlineData(PipeForm.Fifo)]
    [Cases("GP-02..GP-03")]
    public async Task A_dispose_releases_everybody(PipeForm form)
    {
        using ForeignPipe pipe = ForeignPipe.Open(form);
        using SocketPair pair = SocketPair.Unix();
        Task<TransferResult>[] all =
        [
            .. from call in (Call[])[Call.Sync, Call.Async, Call.Sync, Call.Async]
               select Rig.Start(call, pipe.ReadEnd, pair.Near),
        ];
        await Task.Delay(30);
        pipe.CloseRead();
        foreach (Task<TransferResult> transfer in all)
        {
            TransferDisposedException thrown =
                await Assert.ThrowsAsync<TransferDisposedException>(() => transfer.Within("one of four", 5000));
            Assert.Equal(TransferSide.Source, thrown.Side);
        }
    }

    private static async Task AssertDisposed(ParkedFiles parked, TransferEndpoint end, TransferSide side, string what)
    {
        long start = Stopwatch.GetTimestamp();
        await Deadline.OnThread(() => ParkedFiles.Dispose(end)).Within("the dispose itself");
        TransferDisposedException thrown =
            await Assert.ThrowsAsync<TransferDisposedException>(() => parked.Transfer.Within("the transfer"));
        AssertPrompt(start, $"the dispose, {what}");
        Assert.Equal(side, thrown.Side);
        AssertExact(thrown);
    }

    private static void AssertPrompt(long start, string what)
    {
        double tookMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        Assert.True(tookMs < PromptMs, $"{what} took {tookMs} ms");
    }

    private static void AssertExact(ITransferFailure failure)
        => Assert.Equal(
            failure.Progress.BytesConsumed - failure.Progress.BytesWritten, failure.Undelivered.Length);
}

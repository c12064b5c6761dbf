// A pipe in every place of a transfer, spliced, adaptive and copied, on the real kernel: everything that a caller can
// see is the same, and is what the model says; what a limit leaves is still in the source.
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Zerocopy.Properties.Identity;

[Collection(nameof(RealKernel))]
public sealed class PipeIdentityTests(ITestOutputHelper output)
{
    private const int Cases = 160; // Each in three modes.
    private const int DescriptorsKept = 80; // What pools and loops may keep; one lost a case would be many more.
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10);

    private long _written;
    private long _spliced;
    private int _runs;
    private int _refused;

    [Fact]
    public void A_pipe_in_any_place_moves_the_same_bytes_in_every_mode()
    {
        int descriptors = Descriptors.Count();
        Property law = Prop.ForAll(PipeCases.Any(), RunInAllModes);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(Cases).WithQuietOnSuccess(true), law);
        output.WriteLine(
            $"{_runs} transfers, {_refused} refused, {_written >> 20} MiB written, {_spliced >> 20} MiB spliced");
        Assert.True(_refused > 0, "no stream was refused: nothing was asked");
        Assert.True(_spliced * 3 >= _written, $"only {_spliced} of {_written} bytes were spliced");
        Assert.InRange(Descriptors.Count(), 0, descriptors + DescriptorsKept);
    }

    private void RunInAllModes(PipeCase c)
    {
        RunOrBeRefused(c, TransferMode.RequireZeroCopy);
        RunOrBeRefused(c, TransferMode.Auto);
        RunOrBeRefused(c, TransferMode.CopyOnly);
    }

    private void RunOrBeRefused(PipeCase c, TransferMode mode)
    {
        using PipePlaces places = new(c);
        if (mode == TransferMode.RequireZeroCopy && c.HasStream)
        {
            _refused++;
            _ = Assert.Throws<NotSupportedException>(
                () => Transfer.Copy(places.Source, places.Destination, c.Options(mode)));
            Assert.Equal(0, places.GivenByStream(0));
            return;
        }

        Task<int> sent = places.Send();
        Task<long> received = places.Receive();
        Outcome outcome = Outcome.Of(() => Copy(c, mode, places), s_timeout);

        // At once: what was written must arrive all the same.
        places.EndDestination();
        long arrived = places.Arrived(received.WaitAsync(s_timeout).GetAwaiter().GetResult());
        Judge(c, mode, outcome with { Received = arrived });
        JudgeRest(c, mode, places, sent);
    }

    private static Task<TransferResult> Copy(PipeCase c, TransferMode mode, PipePlaces places)
    {
        if (c is { UsesPipe: true, IsPlain: true } && mode == TransferMode.Auto)
        {
            // The pipe's own methods are the same transfer.
            return (places.ToPipe, c.IsAsync) switch
            {
                (null, true) => places.FromPipe!.WriteToAsync(places.Destination).AsTask(),
                (null, false) => Task.Run(() => places.FromPipe!.WriteTo(places.Destination)),
                (_, true) => places.ToPipe.ReadFromAsync(places.Source, leaveOpen: (c.Seed & 1) == 0).AsTask(),
                (_, false) => Task.Run(() => places.ToPipe.ReadFrom(places.Source, leaveOpen: (c.Seed & 1) == 0)),
            };
        }

        return c.IsAsync
            ? Transfer.CopyAsync(places.Source, places.Destination, c.Options(mode)).AsTask()
            : Task.Run(() => Transfer.Copy(places.Source, places.Destination, c.Options(mode)));
    }

    private void Judge(PipeCase c, TransferMode mode, Outcome outcome)
    {
        string what = $"{mode}: {outcome} of {c}";
        TransferResult result = outcome.Result;
        _runs++;
        _written += result.BytesWritten;
        _spliced += result.BytesSpliced;
        Assert.True(result.EndedBy == c.End && outcome.Error == 0, what);
        Assert.True(result.BytesConsumed == c.Consumed && result.BytesWritten == c.Written, what);
        Assert.True(outcome.Received == c.Written, what);
        Assert.True(result.BytesWritten == result.BytesSpliced + result.BytesBuffered, what);
        Assert.True(result.LimitRemaining == c.LimitRemaining, what);
        Assert.True(outcome.Undelivered.Length == 0 && result.FallbackError == 0, what);
        Assert.True(mode != TransferMode.CopyOnly || result.BytesSpliced == 0, what);
        Assert.True(mode != TransferMode.RequireZeroCopy || result.BytesBuffered == c.Prefix, what);
    }

    /// <summary>The limit took not one byte too many: the rest is in the source, from exactly there on.</summary>
    private static void JudgeRest(PipeCase c, TransferMode mode, PipePlaces places, Task<int> sent)
    {
        string what = $"{mode} of {c}";
        if (places.FromPipe is { } pipe)
        {
            long rest = c.RestReader.Receive(pipe).WaitAsync(s_timeout).GetAwaiter().GetResult();
            Assert.True(rest == c.Bytes - c.Consumed, $"{rest} bytes left in the source; {what}");
            Assert.Equal(c.Bytes, sent.WaitAsync(s_timeout).GetAwaiter().GetResult());
            return;
        }

        places.CutSource();
        int leftBehind = places.GivenByStream(-1) >= 0
            ? 0 : c.Bytes - sent.WaitAsync(s_timeout).GetAwaiter().GetResult();
        Assert.True(leftBehind == 0 || c.Limit < c.Bytes, $"the writer was cut off {leftBehind} bytes early; {what}");
        Assert.True(places.GivenByStream(c.Consumed) == c.Consumed, $"a stream was read too far; {what}");
    }
}

// The same case spliced, adaptive and copied, on the real kernel: everything that a caller can see is the same, and is
// what the model says.
using FsCheck;
using FsCheck.Fluent;
using Xunit;
using Zerocopy.Properties.Simulation;

namespace Zerocopy.Properties.Identity;

[Collection(nameof(RealKernel))]
public sealed class TransferIdentityTests(ITestOutputHelper output)
{
    private const int Cases = 120; // Each in three modes.
    private const int ECONNRESET = 104;
    private const int EPIPE = 32;
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10);

    private long _written;
    private long _spliced;
    private int _runs;

    [Fact]
    public void Spliced_copied_and_modelled_outcome_agree()
    {
        Property law = Prop.ForAll(TransferCases.Any(), RunInAllModes);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(Cases).WithQuietOnSuccess(true), law);
        output.WriteLine($"{_runs} transfers, {_written >> 20} MiB written, {_spliced >> 20} MiB spliced");
        Assert.True(_spliced * 4 >= _written, $"only {_spliced} of {_written} bytes were spliced");
    }

    private void RunInAllModes(TransferCase c)
    {
        Judge(c, TransferMode.RequireZeroCopy, Run(c, TransferMode.RequireZeroCopy));
        Judge(c, TransferMode.Auto, Run(c, TransferMode.Auto));
        Judge(c, TransferMode.CopyOnly, Run(c, TransferMode.CopyOnly));
    }

    private static Outcome Run(TransferCase c, TransferMode mode)
    {
        using Route route = new(c.SourceIsUnix, c.DestinationIsUnix);
        Task<int> sent = c.Writer.Send(route.From.Peer, c.Resets);
        Task<long> received = c.Reader.Receive(route.To.Peer, c.ReaderDiesAfter);
        Outcome outcome = Outcome.Of(
            () => c.IsAsync
                ? Transfer.CopyAsync(route.From.Ours, route.To.Ours, c.Options(mode)).AsTask()
                : Task.Run(() => Transfer.Copy(route.From.Ours, route.To.Ours, c.Options(mode))),
            s_timeout);

        // At once: what was written must arrive all the same.
        route.To.Ours.Dispose();
        outcome = outcome with { Received = received.WaitAsync(s_timeout).GetAwaiter().GetResult() };
        route.From.Ours.Dispose();

        // What the limit left in the source is lost with it, and may cut its writer off.
        int leftBehind = c.Bytes - sent.WaitAsync(s_timeout).GetAwaiter().GetResult();
        bool mayCutOff = c.Limit < c.Bytes || c.ReaderDiesAfter is not null;
        Assert.True(leftBehind == 0 || mayCutOff, $"the writer was cut off {leftBehind} bytes before its end");
        return outcome;
    }

    private void Judge(TransferCase c, TransferMode mode, Outcome outcome)
    {
        string what = $"{mode}: {outcome} of {c}";
        TransferResult result = outcome.Result;
        _runs++;
        _written += result.BytesWritten;
        _spliced += result.BytesSpliced;
        Assert.True(result.BytesWritten == result.BytesSpliced + result.BytesBuffered, what);
        Assert.True(mode != TransferMode.CopyOnly || result.BytesSpliced == 0, what);
        Assert.True(result.FallbackError == 0, what);
        if (c.ReaderDiesAfter is not null && result.EndedBy == TransferEnd.DestinationFailed)
        {
            JudgeDeadReader(c, outcome, what);
            return;
        }

        Assert.True(result.EndedBy == c.End, what);
        Assert.True(outcome.Error == (c.End == TransferEnd.SourceFailed ? ECONNRESET : 0), what);
        Assert.True(result.BytesWritten == outcome.Received || c.ReaderDiesAfter is not null, what);
        Assert.True(outcome.Undelivered.Length == 0, what);
        if (c.Resets && c.End == TransferEnd.SourceFailed)
        {
            // A reset may overtake what had not been read yet; what was taken is delivered all the same.
            Assert.True(result.BytesConsumed <= c.Consumed, what);
            Assert.True(result.BytesWritten == c.Prefix + result.BytesConsumed, what);
        }
        else
        {
            Assert.True(result.BytesConsumed == c.Consumed && result.BytesWritten == c.Written, what);
            Assert.True(result.LimitRemaining == c.LimitRemaining, what);
        }

        long prefix = Math.Min(c.Prefix, result.BytesWritten);
        Assert.True(mode != TransferMode.RequireZeroCopy || result.BytesBuffered == prefix, what);
    }

    /// <summary>Its reader was gone before the end: what was taken and not written comes back.</summary>
    private static void JudgeDeadReader(TransferCase c, Outcome outcome, string what)
    {
        TransferResult result = outcome.Result;
        ReadOnlyMemory<byte> due = SimContent.Memory(
            1, result.BytesWritten, (int)(c.Prefix + result.BytesConsumed - result.BytesWritten));
        Assert.True(outcome.Error is ECONNRESET or EPIPE, what);
        Assert.True(result.BytesWritten >= outcome.Received && outcome.Received >= c.ReaderDiesAfter, what);
        Assert.True(outcome.Undelivered.Span.SequenceEqual(due.Span), what);
        Assert.True(result.LimitRemaining == c.Limit - result.BytesConsumed, what);
    }
}

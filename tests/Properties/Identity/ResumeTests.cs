// Cancel at any moment, go on with what was not delivered: no byte is lost, none comes twice.
using FsCheck;
using FsCheck.Fluent;
using Xunit;
using Zerocopy.Properties.Simulation;

namespace Zerocopy.Properties.Identity;

[Collection(nameof(RealKernel))]
public sealed class ResumeTests(ITestOutputHelper output)
{
    private const int Cases = 60;
    private const int CancelsMax = 40;
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(20);

    private int _canceled;
    private long _undelivered;

    [Fact]
    public void Cancel_and_resume_with_the_undelivered_bytes_loses_nothing()
    {
        Property law = Prop.ForAll(TransferCases.Any(), Resume);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(Cases).WithQuietOnSuccess(true), law);
        output.WriteLine($"{_canceled} cancels, {_undelivered} bytes handed on");
        Assert.True(_canceled > Cases, $"only {_canceled} cancels came in time");
        Assert.True(_undelivered > 0, "no cancel left a byte to hand on: nothing was asked");
    }

    private void Resume(TransferCase c)
    {
        // Slow enough to be caught with bytes in transit: small rooms, a reader that pauses.
        c = c with
        {
            Prefix = 0,
            Limit = null,
            Resets = false,
            ReaderDiesAfter = null,
            ReadMax = Math.Min(c.ReadMax, 65536),
            PausePercent = 20,
        };
        SimRandom random = new(c.Seed);
        using Route route = new(c.SourceIsUnix, c.DestinationIsUnix);
        route.To.Ours.SendBufferSize = 20_000;
        Task sent = c.Writer.Send(route.From.Peer, resets: false);
        Task<long> received = c.Reader.Receive(route.To.Peer);
        ReadOnlyMemory<byte> undelivered = default;
        long consumed = 0;
        long written = 0;
        for (int round = 0; ; round++)
        {
            TransferOptions options = new()
            {
                Mode = (TransferMode)random.Below(3),
                Prefix = undelivered,
                KeepUndelivered = true,
            };
            using CancellationTokenSource cancel = new();
            if (round < CancelsMax)
            {
                cancel.CancelAfter(random.Below(6));
            }

            Outcome outcome = Outcome.Of(
                () => c.IsAsync
                    ? Transfer.CopyAsync(route.From.Ours, route.To.Ours, options, cancel.Token).AsTask()
                    : Task.Run(() => Transfer.Copy(route.From.Ours, route.To.Ours, options, cancel.Token)),
                s_timeout);
            consumed += outcome.Result.BytesConsumed;
            written += outcome.Result.BytesWritten;
            undelivered = outcome.Undelivered;
            Assert.Equal(consumed, written + undelivered.Length);
            if (outcome.Result.EndedBy == TransferEnd.EndOfStream)
            {
                break;
            }

            Assert.Equal(TransferEnd.Canceled, outcome.Result.EndedBy);
            _canceled++;
            _undelivered += undelivered.Length;
        }

        route.To.Ours.Dispose();
        Assert.Equal(c.Bytes, received.WaitAsync(s_timeout).GetAwaiter().GetResult());
        sent.WaitAsync(s_timeout).GetAwaiter().GetResult();
        Assert.Equal(c.Bytes, written);
    }
}

// A relay on the real kernel: both directions arrive whole, an end of stream comes behind the last byte and not before,
// and the other direction goes on.
using FsCheck;
using FsCheck.Fluent;
using Xunit;
using Zerocopy.Properties.Simulation;

namespace Zerocopy.Properties.Identity;

[Collection(nameof(RealKernel))]
public sealed class RelayIdentityTests(ITestOutputHelper output)
{
    private const int Cases = 80;
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(20);

    private long _written;
    private long _spliced;

    [Fact]
    public void Both_directions_of_a_relay_arrive_whole()
    {
        Property law = Prop.ForAll(TransferCases.Any(), TransferCases.Any(), Run);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(Cases).WithQuietOnSuccess(true), law);
        output.WriteLine($"{_written >> 20} MiB written, {_spliced >> 20} MiB spliced");
        Assert.True(_spliced * 4 >= _written, $"only {_spliced} of {_written} bytes were spliced");
    }

    private void Run(TransferCase forth, TransferCase back)
    {
        SimRandom random = new(forth.Seed);
        bool answers = random.Chance(50); // The answer begins when the request has ended.
        TransferMode mode = (TransferMode)random.Below(3);
        using Route route = new(forth.SourceIsUnix, forth.DestinationIsUnix);
        PeerScript request = forth.Writer;
        PeerScript answer = back.Writer with { Stream = 2 };
        Task<long> gotRequest = forth.Reader.Receive(route.To.Peer);
        Task<long> gotAnswer = (back.Reader with { Stream = 2 }).Receive(route.From.Peer);
        Task sent = request.Send(route.From.Peer, resets: false);
        Task answered = answers
            ? gotRequest.ContinueWith(_ => answer.Send(route.To.Peer, resets: false), TaskScheduler.Default).Unwrap()
            : answer.Send(route.To.Peer, resets: false);
        RelayOptions options = new()
        {
            LeftToRight = Options(forth, 1, mode),
            RightToLeft = Options(back, 2, mode),
        };
        RelayResult result = Relay.RunAsync(route.From.Ours, route.To.Ours, options).AsTask()
            .WaitAsync(s_timeout).GetAwaiter().GetResult();

        // Both ends of stream were passed on. A close comes after that: with bytes of a limit's rest unread it resets.
        Task.WhenAll(gotRequest, gotAnswer).WaitAsync(s_timeout).GetAwaiter().GetResult();
        route.From.Ours.Dispose();
        route.To.Ours.Dispose();
        Task.WhenAll(sent, answered).WaitAsync(s_timeout).GetAwaiter().GetResult();

        string what = $"{mode} {result} of {forth} and {back}";
        Assert.True(result.EndedBy == RelayEnd.EndOfStream && result.Error == 0, what);
        Assert.True(gotRequest.Result == forth.Written && gotAnswer.Result == back.Written, what);
        Judge(result.LeftToRight, forth, mode, what);
        Judge(result.RightToLeft, back, mode, what);
    }

    private static FlowOptions Options(TransferCase c, int stream, TransferMode mode)
        => new() { Mode = mode, LimitBytes = c.Limit, Prefix = SimContent.Memory(stream, 0, c.Prefix) };

    private void Judge(TransferResult direction, TransferCase c, TransferMode mode, string what)
    {
        _written += direction.BytesWritten;
        _spliced += direction.BytesSpliced;
        TransferEnd end = c.Limit <= c.Bytes ? TransferEnd.LimitReached : TransferEnd.EndOfStream;
        Assert.True(direction.EndedBy == end, what);
        Assert.True(direction.BytesConsumed == c.Consumed && direction.BytesWritten == c.Written, what);
        Assert.True(direction.LimitRemaining == c.LimitRemaining && direction.FallbackError == 0, what);
        Assert.True(mode != TransferMode.RequireZeroCopy || direction.BytesBuffered == c.Prefix, what);
        Assert.True(mode != TransferMode.CopyOnly || direction.BytesSpliced == 0, what);
    }
}

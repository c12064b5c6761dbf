// A teed pipe on the real kernel, whatever its writer, its consumer and its targets do: every target gets the beginning
// of the stream, exactly once and in order, and nothing leaves the pipe that a target which is waited for has not got.
using FsCheck;
using FsCheck.Fluent;
using Xunit;
using Zerocopy.Properties.Identity;
using Zerocopy.Properties.Simulation;

namespace Zerocopy.Properties.Tees;

[Collection(nameof(RealKernel))]
public sealed class TeedPipeTests(ITestOutputHelper output)
{
    private const int Cases = 250;
    private const int DescriptorsKept = 80; // What pools and loops may keep; one lost a case would be many more.
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10);

    private readonly Dictionary<TeeEnd, int> _ends = [];
    private long _drained;
    private long _spliced;
    private long _mirrored;
    private long _teed;
    private int _stopped;

    [Fact]
    public void Every_target_gets_what_leaves_the_pipe_exactly_once()
    {
        int descriptors = Descriptors.Count();
        Property law = Prop.ForAll(TeeCases.Any(), Run);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(Cases).WithQuietOnSuccess(true), law);
        output.WriteLine($"{_drained >> 10} KiB drained, {_spliced >> 10} spliced, {_mirrored >> 10} mirrored, "
            + $"{_teed >> 10} teed, {_stopped} stopped; {string.Join(", ", _ends)}");
        Assert.True(_spliced * 10 >= _drained, $"only {_spliced} of {_drained} bytes were spliced");
        Assert.True(_teed * 3 >= _mirrored, $"only {_teed} of {_mirrored} bytes were teed");
        Assert.True(_stopped > 0, "no failed target stopped its stream: nothing was asked");
        Assert.All(
            [TeeEnd.EndOfStream, TeeEnd.Lagged, TeeEnd.Failed, TeeEnd.SourceClosed],
            end => Assert.True(_ends.GetValueOrDefault(end) >= 5, $"{end}: {_ends.GetValueOrDefault(end)} times"));
        Assert.InRange(Descriptors.Count(), 0, descriptors + DescriptorsKept);
    }

    private void Run(TeeCase c)
    {
        using Pipe primary = Pipe.Create(c.Pages * 4096);
        List<TeedTarget> targets = [];
        try
        {
            foreach (TargetCase target in c.Targets)
            {
                targets.Add(new TeedTarget(primary, target));
            }

            PipeDrain drain = new(primary, c, s_timeout);
            Task<int> sent = c.Writer.Send(primary);
            TeeEnd end = PipePeers.OnItsOwnThread(() => Drain(c, drain, targets))
                .WaitAsync(s_timeout * 2).GetAwaiter().GetResult();
            if (end != TeeEnd.EndOfStream)
            {
                primary.CloseRead(); // Before the write end, so that nobody takes it for the end of the stream.
            }

            _ = sent.WaitAsync(s_timeout).GetAwaiter().GetResult();
            foreach (TeedTarget target in targets)
            {
                Note(target.Judge(end, c.Bytes, drain.Drained, s_timeout));
            }

            _drained += drain.Drained;
            _spliced += drain.Spliced;
        }
        finally
        {
            targets.ForEach(target => target.Dispose());
        }
    }

    /// <summary>Until the end of the stream, or where the case gives up, or until a failed target stops it.</summary>
    /// <returns>What the tees end with by that.</returns>
    private TeeEnd Drain(TeeCase c, PipeDrain drain, List<TeedTarget> targets)
    {
        try
        {
            while (drain.Go())
            {
                JudgeLead(drain, targets);
                if (drain.Drained > c.AbandonedAfter)
                {
                    return TeeEnd.SourceClosed;
                }
            }
        }
        catch (IOException e) when (c.Targets.Any(t => t is { OnFailure: TeeFailure.Stop, ClosesAfter: not null }))
        {
            Assert.True(e is not TransferException { Progress.EndedBy: not TransferEnd.MirrorFailed }, e.ToString());
            _stopped++;
            return TeeEnd.SourceClosed;
        }

        JudgeLead(drain, targets);
        LawBrokenException.Require(drain.Drained == c.Bytes, $"ended after {drain.Drained} of {c}");
        return TeeEnd.EndOfStream;
    }

    private static void JudgeLead(PipeDrain drain, List<TeedTarget> targets)
    {
        foreach (TeedTarget target in targets.Where(target => target.Case.HoldsBack))
        {
            long mirrored = target.Tee.BytesMirrored;
            LawBrokenException.Require(
                mirrored >= drain.Drained, $"{drain.Drained} drained, {mirrored} mirrored: {target.Case}");
        }
    }

    private void Note(TeeResult result)
    {
        _mirrored += result.BytesMirrored;
        _teed += result.BytesTeed;
        _ends[result.EndedBy] = _ends.GetValueOrDefault(result.EndedBy) + 1;
    }
}

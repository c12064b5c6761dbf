// A transfer with a mirror on the real kernel: the destination sees what it would have seen without, and the mirror
// gets the same bytes from the first one on; all of them, unless it may be left behind.
using FsCheck;
using FsCheck.Fluent;
using Xunit;
using Zerocopy.Properties.Simulation;

namespace Zerocopy.Properties.Identity;

[Collection(nameof(RealKernel))]
public sealed class MirrorIdentityTests(ITestOutputHelper output)
{
    private const int Cases = 80; // Each in three modes.
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10);

    private long _written;
    private long _teed;
    private long _copied;
    private int _lagged;

    [Fact]
    public void A_mirrored_transfer_gives_both_the_same_bytes_in_every_mode()
    {
        Property law = Prop.ForAll(TransferCases.Any(), RunInAllModes);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(Cases).WithQuietOnSuccess(true), law);
        output.WriteLine(
            $"{_written >> 20} MiB written, {_teed >> 20} MiB teed, {_copied >> 20} MiB copied, {_lagged} lagged");
        Assert.True(_teed * 4 >= _written, $"only {_teed} of {_written} bytes were teed");
        Assert.True(_copied > 0, "nothing was copied: the small reads were not asked for");
        Assert.True(_lagged > 0, "no mirror was left behind");
    }

    private void RunInAllModes(TransferCase any)
    {
        TransferCase c = any with { Resets = false, ReaderDiesAfter = null };
        foreach (TransferMode mode in (TransferMode[])
            [TransferMode.RequireZeroCopy, TransferMode.Auto, TransferMode.CopyOnly])
        {
            SimRandom random = new(c.Seed + (ulong)mode);
            using MirrorPlace mirror = new(random, c.PausePercent);
            Judge(c, mode, mirror, Run(c, mode, mirror));
        }
    }

    private static Outcome Run(TransferCase c, TransferMode mode, MirrorPlace mirror)
    {
        using Route route = new(c.SourceIsUnix, c.DestinationIsUnix);
        Task<int> sent = c.Writer.Send(route.From.Peer, resets: false);
        Task<long> received = c.Reader.Receive(route.To.Peer);
        TransferOptions options = c.Options(mode) with { Mirror = mirror.Endpoint, MirrorOptions = mirror.Options };
        Outcome outcome = Outcome.Of(
            () => c.IsAsync
                ? Transfer.CopyAsync(route.From.Ours, route.To.Ours, options).AsTask()
                : Task.Run(() => Transfer.Copy(route.From.Ours, route.To.Ours, options)),
            s_timeout);
        route.To.Ours.Dispose();
        outcome = outcome with { Received = received.WaitAsync(s_timeout).GetAwaiter().GetResult() };
        route.From.Ours.Dispose();
        _ = sent.WaitAsync(s_timeout).GetAwaiter().GetResult();
        return outcome;
    }

    private void Judge(TransferCase c, TransferMode mode, MirrorPlace mirror, Outcome outcome)
    {
        TransferResult result = outcome.Result;
        TeeResult? mirrored = result.Mirror;
        long got = mirror.Finish(s_timeout);
        string what = $"{mode}: {outcome} of {c}; mirror {mirror.Options} got {got} of {mirrored?.BytesMirrored}, "
            + $"{mirrored?.EndedBy} {mirrored?.Exception}";
        Assert.True(result.EndedBy == c.End && outcome.Error == 0, what);
        Assert.True(result.BytesConsumed == c.Consumed && result.BytesWritten == c.Written, what);
        Assert.True(result.BytesWritten == outcome.Received && result.LimitRemaining == c.LimitRemaining, what);
        Assert.True(mode != TransferMode.CopyOnly || result.BytesSpliced == 0, what);
        if (c.Limit == 0 && c.Prefix == 0)
        {
            return; // Nothing was touched.
        }

        Assert.True(mirrored is not null && mirrored.BytesMirrored == got, what);
        bool mayLag = mirror.Options.OnLag == TeeLag.Detach && mirrored!.EndedBy == TeeEnd.Lagged;
        Assert.True(mayLag ? got <= c.Written : mirrored!.EndedBy == TeeEnd.EndOfStream && got == c.Written, what);
        _written += result.BytesWritten;
        _teed += mirrored!.BytesTeed;
        _copied += mirrored.BytesCopied;
        _lagged += mayLag ? 1 : 0;
    }

    /// <summary>A mirror of some kind, with whoever reads it.</summary>
    private sealed class MirrorPlace : IDisposable
    {
        private readonly Pipe? _pipe;
        private readonly Connection? _connection;
        private readonly ComparingStream? _stream;
        private readonly Task<long> _read = Task.FromResult(0L);

        internal MirrorPlace(SimRandom random, int pausePercent)
        {
            bool mayLag = random.Chance(30);
            PeerScript reader = new(
                1, 0, 0, random.Pick<int>([2000, 65536]), mayLag ? 20 : pausePercent, random.Next());
            Options = new TeeOptions
            {
                OnLag = mayLag ? TeeLag.Detach : TeeLag.Wait,
                CapacityBytes = 4096 * random.Between(1, 64),
            };
            switch (random.Below(4))
            {
                case 0:
                    _connection = Connection.Open(isUnix: random.Chance(50));
                    Endpoint = _connection.Ours;
                    _read = reader.Receive(_connection.Peer);
                    break;
                case 1:
                    _stream = new ComparingStream(reader);
                    Endpoint = _stream;
                    break;
                default:
                    _pipe = Pipe.Create(4096 * random.Between(1, 64));
                    Endpoint = _pipe;
                    _read = Bytes(reader.ReceiveOrBeCut(_pipe, long.MaxValue));
                    break;
            }
        }

        internal TransferEndpoint Endpoint { get; }

        internal TeeOptions Options { get; }

        /// <summary>What arrived there, all of it right.</summary>
        internal long Finish(TimeSpan timeout)
        {
            _connection?.Ours.Dispose();
            _pipe?.CloseWrite(); // A transfer of nothing has not touched it.
            long read = _read.WaitAsync(timeout).GetAwaiter().GetResult();
            return _stream?.Got ?? read;
        }

        public void Dispose()
        {
            _pipe?.Dispose();
            _connection?.Dispose();
            _stream?.Dispose();
        }

        private static async Task<long> Bytes(Task<(long Bytes, bool IsCut)> read)
            => (await read.ConfigureAwait(false)).Bytes;
    }
}

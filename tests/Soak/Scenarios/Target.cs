// What a mirror or a tee writes to, of every kind, with a reader behind it that compares every byte.
using System.Net.Sockets;
using Xunit;

namespace Zerocopy.Soak.Scenarios;

/// <param name="Count">Bytes, all of them right.</param>
/// <param name="IsCut">It was told that they are not the whole stream; only a pipe can tell.</param>
internal readonly record struct Got(long Count, bool IsCut);

internal sealed class Target
{
    private readonly Round _round;
    private readonly long _start;
    private readonly Pipe? _pipe;
    private readonly Link? _link;
    private readonly FileStream? _file;
    private readonly PatternStream? _stream;
    private readonly Task<Received>? _reader;

    private Target(Round round, Link? link, long start, long diesAfter)
    {
        _round = round;
        _start = start;
        _link = link;
        Dies = diesAfter != long.MaxValue;
        if (link is not null)
        {
            _reader = round.Receive(link.Far, start, diesAfter);
            Endpoint = link.Near;
        }
        else if (Dies || round.Random.Chance(50))
        {
            _pipe = round.Own(Pipe.Create(Environment.SystemPageSize * round.Random.Between(1, 64)));
            _reader = round.Receive(_pipe, start, diesAfter);
            Endpoint = _pipe;
        }
        else if (round.Random.Chance(60))
        {
            _file = round.Own(SoakFiles.Create());
            Endpoint = _file;
        }
        else
        {
            _stream = round.Own(new PatternStream(new Content(start, 0), round.Random.Next()));
            Endpoint = _stream;
        }

        Options = new TeeOptions
        {
            OnLag = round.Random.Chance(30) ? TeeLag.Detach : TeeLag.Wait,
            CapacityBytes = Environment.SystemPageSize * round.Random.Between(1, 64),
        };
    }

    internal TransferEndpoint Endpoint { get; }

    internal TeeOptions Options { get; }

    /// <summary>Its reader goes away in the middle.</summary>
    internal bool Dies { get; }

    /// <param name="round">Who owns it.</param>
    /// <param name="start">Where in the pattern the stream begins.</param>
    /// <param name="diesAfter">Its reader goes away after so many bytes.</param>
    internal static async Task<Target> NewAsync(Round round, long start, long diesAfter = long.MaxValue)
        => new(round, round.Random.Chance(40) ? await round.ConnectAsync() : null, start, diesAfter);

    /// <summary>Fails unless it got what the tee says, and why.</summary>
    /// <param name="result">What the tee says.</param>
    /// <param name="stream">How many bytes the stream had that was mirrored, and what it ended with.</param>
    /// <param name="end">What ends the tee if neither lag nor failure does.</param>
    /// <param name="left">How many bytes went the other way, of which none may be missing here.</param>
    internal async Task JudgeAsync(TeeResult? result, long stream, TeeEnd end, long left)
    {
        Assert.NotNull(result);
        bool mayLag = Options.OnLag == TeeLag.Detach;
        _link?.Near.Shutdown(SocketShutdown.Send);
        Got got = await TakeAsync(result.BytesMirrored);
        string what = $"{this} got {got} of {stream}, {left} went the other way: {result.EndedBy}, "
            + $"{result.BytesMirrored} mirrored, {result.BytesTeed} teed, {result.BytesCopied} copied "
            + $"{result.Exception}";
        Assert.True(
            result.EndedBy == end || (mayLag && result.EndedBy == TeeEnd.Lagged)
                || (Dies && result.EndedBy == TeeEnd.Failed),
            what);
        Assert.True(result.BytesMirrored <= result.BytesTeed + result.BytesCopied, what);
        Assert.True(Dies ? got.Count <= result.BytesMirrored : got.Count == result.BytesMirrored, what);
        Assert.True(result.EndedBy != TeeEnd.EndOfStream || result.BytesMirrored == stream, what);
        Assert.True(result.BytesMirrored <= stream, what);
        Assert.True(mayLag || Dies || result.BytesTeed + result.BytesCopied >= left, what);
        Assert.True(Dies || got.IsCut == (_pipe is not null && result.EndedBy != TeeEnd.EndOfStream), what);
    }

    public override string ToString()
        => (_pipe, _file, _stream) switch
        {
            (not null, _, _) => $"pipe of {Options.CapacityBytes}",
            (_, not null, _) => "file",
            (_, _, not null) => "stream",
            _ => _link!.IsTcp ? "tcp" : "unix",
        } + $" {Options.OnLag}{(Dies ? " dies" : "")}";

    private async Task<Got> TakeAsync(long mirrored)
    {
        if (_reader is not null)
        {
            Received received = await _round.Within(_reader, $"the reader of the {this}");
            return new Got(received.Count, _pipe is not null && !received.IsWhole);
        }

        if (_file is not null)
        {
            Content content = new(_start, mirrored);
            return await _round.Within(
                _round.Peer(() =>
                {
                    SoakFiles.AssertHolds(_file, 0, content);
                    return new Got(mirrored, false);
                }),
                "the file of a mirror");
        }

        return new Got(_stream!.Position, false);
    }
}

// One target of a case, with whoever reads it.
using Xunit;
using Zerocopy.Properties.Identity;

namespace Zerocopy.Properties.Tees;

internal sealed class TeedTarget : IDisposable
{
    private readonly Pipe? _pipe;
    private readonly Connection? _connection;
    private readonly ComparingStream? _stream;
    private readonly Task<(long Bytes, bool IsCut)> _read;

    internal TeedTarget(Pipe primary, TargetCase c)
    {
        Case = c;
        switch (c.Kind)
        {
            case TargetKind.Pipe:
                _pipe = Pipe.Create(c.Pages * 4096);
                Tee = primary.Tee(_pipe, c.Options);
                _read = c.Reader.ReceiveOrBeCut(_pipe, c.ClosesAfter ?? long.MaxValue);
                break;
            case TargetKind.Socket:
                _connection = Connection.Open(isUnix: true);
                Tee = primary.Tee(_connection.Ours, c.Options);
                _read = Whole(c.Reader.Receive(_connection.Peer));
                break;
            default:
                _stream = new ComparingStream(c.Reader);
                Tee = primary.Tee(_stream, c.Options);
                _read = Whole(Task.FromResult(0L));
                break;
        }
    }

    internal TargetCase Case { get; }

    internal Tee Tee { get; }

    /// <summary>Judges what it got, once the tee has ended.</summary>
    /// <param name="end">What may have ended it, besides lag and failure.</param>
    /// <param name="bytes">The whole stream.</param>
    /// <param name="drained">What has left the pipe by the other way.</param>
    /// <param name="timeout">For each wait.</param>
    internal TeeResult Judge(TeeEnd end, long bytes, long drained, TimeSpan timeout)
    {
        TeeResult result = Tee.Completion.WaitAsync(timeout).GetAwaiter().GetResult();
        if (Case.LeaveOpen)
        {
            _pipe?.CloseWrite();
        }

        _connection?.Ours.Dispose();
        (long read, bool isCut) = _read.WaitAsync(timeout).GetAwaiter().GetResult();
        long got = _stream?.Got ?? read;
        string what = $"{result.EndedBy} after {result.BytesMirrored} bytes ({result.BytesTeed} teed), {got} read, "
            + $"cut {isCut}, {drained} of {bytes} drained: {Case}; {result.Exception}";
        Assert.True(result.EndedBy == end || MayEndWith(result.EndedBy), what);
        Assert.True(result.BytesMirrored == Tee.BytesMirrored && result.BytesMirrored <= bytes, what);
        Assert.True(result.Delivery is not null || result.BytesMirrored == result.BytesTeed + result.BytesCopied, what);
        Assert.True(Case.ClosesAfter is null ? got == result.BytesMirrored : got <= result.BytesMirrored, what);
        Assert.True(result.EndedBy != TeeEnd.EndOfStream || result.BytesMirrored == bytes, what);

        // Whoever reads a stream that was cut short must not take it for whole, nor the other way round.
        bool isTold = _pipe is not null && !Case.LeaveOpen && result.EndedBy != TeeEnd.EndOfStream;
        Assert.True(isCut == isTold || (isTold && got >= Case.ClosesAfter), what);
        Assert.True(!Case.HoldsBack || result.BytesMirrored >= drained, what);
        return result;
    }

    public void Dispose()
    {
        _pipe?.Dispose();
        _connection?.Dispose();
        _stream?.Dispose();
    }

    private static async Task<(long Bytes, bool IsCut)> Whole(Task<long> read)
        => (await read.ConfigureAwait(false), false);

    private bool MayEndWith(TeeEnd end) => end switch
    {
        TeeEnd.Lagged => Case.OnLag == TeeLag.Detach,
        TeeEnd.Failed => Case.ClosesAfter is not null,
        _ => false,
    };
}

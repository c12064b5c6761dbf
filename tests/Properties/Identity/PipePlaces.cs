// The two ends of a case, whatever they are, and the parties behind them.
namespace Zerocopy.Properties.Identity;

/// <summary>Source and destination as the library gets them.</summary>
internal sealed class PipePlaces : IDisposable
{
    private readonly PipeCase _case;
    private readonly Connection? _from;
    private readonly Connection? _to;
    private readonly ContentStream? _fromStream;
    private readonly ComparingStream? _toStream;

    internal PipePlaces(PipeCase c)
    {
        _case = c;
        switch (c.From)
        {
            case EndKind.Pipe:
                FromPipe = Open(c.FromPages);
                Source = FromPipe;
                break;
            case EndKind.Stream:
                _fromStream = new ContentStream(c.Writer);
                Source = _fromStream;
                break;
            default:
                _from = Connection.Open(c.From == EndKind.Unix);
                Source = _from.Ours;
                break;
        }

        switch (c.To)
        {
            case EndKind.Pipe:
                ToPipe = Open(c.ToPages);
                Destination = ToPipe;
                break;
            case EndKind.Stream:
                _toStream = new ComparingStream(c.Reader);
                Destination = _toStream;
                break;
            default:
                _to = Connection.Open(c.To == EndKind.Unix);
                Destination = _to.Ours;
                break;
        }
    }

    internal TransferEndpoint Source { get; }

    internal TransferEndpoint Destination { get; }

    internal Pipe? FromPipe { get; }

    internal Pipe? ToPipe { get; }

    /// <summary>The party that feeds the source.</summary>
    internal Task<int> Send() => FromPipe is not null ? _case.Writer.Send(FromPipe)
        : _from is not null ? _case.Writer.Send(_from.Peer, resets: false)
        : Task.FromResult(0);

    /// <summary>The party that drains the destination.</summary>
    internal Task<long> Receive() => ToPipe is not null ? _case.Reader.Receive(ToPipe)
        : _to is not null ? _case.Reader.Receive(_to.Peer)
        : Task.FromResult(0L);

    /// <summary>The caller's next line after the transfer: its reader must get everything all the same.</summary>
    internal void EndDestination()
    {
        ToPipe?.CloseWrite();
        _to?.Ours.Dispose();
    }

    /// <summary>What arrived, once <see cref="Receive"/> is over.</summary>
    internal long Arrived(long received) => _toStream?.Got ?? received;

    /// <summary>What a stream has given beyond what was taken from it; others are asked otherwise.</summary>
    internal long GivenByStream(long otherwise) => _fromStream?.Given ?? otherwise;

    internal void CutSource() => _from?.Ours.Dispose();

    public void Dispose()
    {
        FromPipe?.Dispose();
        ToPipe?.Dispose();
        _from?.Dispose();
        _to?.Dispose();
        _fromStream?.Dispose();
        _toStream?.Dispose();
    }

    private static Pipe Open(int pages) => pages == 0 ? Pipe.Create() : Pipe.Create(pages * 4096);
}

// Whatever can stand at an end of a transfer, with somebody behind it.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Files;

public enum What
{
    Tcp,
    Unix,
    File,
    Stream,
    Pipe,
    Foreign,
}

/// <summary>A source, and who feeds it with the pattern and ends it.</summary>
internal sealed class AnySource : IDisposable
{
    private readonly SocketPair? _sockets;
    private readonly PlacedFile? _file;
    private readonly Stream? _stream;
    private readonly Pipe? _pipe;
    private readonly ForeignPipe? _foreign;

    internal AnySource(What what, PipeForm form, int total)
    {
        switch (what)
        {
            case What.File:
                _file = PlacedFile.OfPattern(Place.Disk, total);
                _stream = _file.Open(FileAccess.Read);
                Endpoint = _stream;
                break;
            case What.Stream:
                _stream = new MemoryStream(Pattern.Default.Bytes(0, total));
                Endpoint = _stream;
                break;
            case What.Pipe:
                _pipe = Pipe.Create();
                Endpoint = _pipe;
                Fed = Pipes.PipePeer.Write(_pipe, total);
                break;
            case What.Foreign:
                _foreign = ForeignPipe.Open(form);
                Endpoint = _foreign.ReadEnd;
                Fed = _foreign.Feed(total);
                break;
            default:
                _sockets = SocketPair.Connect(what == What.Tcp ? Family.Tcp : Family.Unix);
                Endpoint = _sockets.Near;
                Fed = Peer.Write(_sockets.Far, total);
                break;
        }
    }

    internal TransferEndpoint Endpoint { get; }

    internal Task Fed { get; } = Task.CompletedTask;

    /// <summary>O_NONBLOCK and its like of the end that is read, while it is open.</summary>
    internal StatusFlags? Flags => _foreign?.ReadFlags;

    public void Dispose()
    {
        _sockets?.Dispose();
        _stream?.Dispose();
        _file?.Dispose();
        _pipe?.Dispose();
        _foreign?.Dispose();
    }
}

/// <summary>A destination, and who compares what comes.</summary>
internal sealed class AnyDestination : IDisposable
{
    private readonly SocketPair? _sockets;
    private readonly PlacedFile? _file;
    private readonly Stream? _stream;
    private readonly Pipe? _pipe;
    private readonly ForeignPipe? _foreign;
    private readonly Task<long>? _drained;
    private readonly Task<Received>? _received;

    internal AnyDestination(What what, PipeForm form)
    {
        switch (what)
        {
            case What.File:
                _file = new PlacedFile(Place.Disk);
                _stream = _file.Open();
                Endpoint = _stream;
                break;
            case What.Stream:
                _stream = new MemoryStream();
                Endpoint = _stream;
                break;
            case What.Pipe:
                _pipe = Pipe.Create();
                Endpoint = _pipe;
                _drained = Pipes.PipePeer.Read(_pipe);
                break;
            case What.Foreign:
                _foreign = ForeignPipe.Open(form);
                Endpoint = _foreign.WriteEnd;
                _drained = _foreign.Drain();
                break;
            default:
                _sockets = SocketPair.Connect(what == What.Tcp ? Family.Tcp : Family.Unix);
                Endpoint = _sockets.Near;
                _received = Peer.Read(_sockets.Far);
                break;
        }
    }

    internal TransferEndpoint Endpoint { get; }

    /// <summary>The same of the end that is written.</summary>
    internal StatusFlags? Flags => _foreign?.WriteFlags;

    /// <summary>Once the transfer is over: ends it, and tells how many bytes of the pattern came.</summary>
    internal async Task<long> EndAndCount()
    {
        _pipe?.CloseWrite();
        _foreign?.CloseWrite();
        _sockets?.Near.Shutdown(SocketShutdown.Send);
        if (_received is not null)
        {
            Received received = await _received.Within("the reader");
            Assert.Equal(SocketError.Success, received.Error);
            return received.Count;
        }

        if (_drained is not null)
        {
            return await _drained.Within("the reader");
        }

        Assert.Equal(_stream!.Position, _stream.Length);
        Pattern.Default.AssertEqual(_file?.ReadBytes() ?? ((MemoryStream)_stream).ToArray());
        return _stream.Length;
    }

    public void Dispose()
    {
        _sockets?.Dispose();
        _stream?.Dispose();
        _file?.Dispose();
        _pipe?.Dispose();
        _foreign?.Dispose();
    }
}

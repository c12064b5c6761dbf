// Any two ends of a transfer, of which one or both are pipes, with somebody who feeds the one and looks at the other.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Pipes;

/// <summary>Feeds the source with the pattern, and compares what comes to the destination.</summary>
internal sealed class PipeRig : IDisposable
{
    private readonly EndKind _source;
    private readonly EndKind _destination;
    private readonly SocketPair? _in;
    private readonly SocketPair? _out;
    private readonly Pipe? _sourcePipe;
    private readonly Pipe? _destinationPipe;
    private readonly MemoryStream? _sourceStream;
    private readonly MemoryStream? _destinationStream;
    private readonly TempFile? _file;
    private readonly FileStream? _fileStream;
    private Task<Received>? _socketReader;
    private Task<long>? _pipeReader;

    internal PipeRig(EndKind source, EndKind destination)
    {
        (_source, _destination) = (source, destination);
        switch (source)
        {
            case EndKind.Pipe:
                _sourcePipe = Pipe.Create();
                break;
            case EndKind.Stream:
                _sourceStream = new MemoryStream();
                break;
            default:
                _in = SocketPair.Connect(source == EndKind.Tcp ? Family.Tcp : Family.Unix);
                break;
        }

        switch (destination)
        {
            case EndKind.Pipe:
                _destinationPipe = Pipe.Create();
                _pipeReader = PipePeer.Read(_destinationPipe);
                break;
            case EndKind.Stream:
                _destinationStream = new MemoryStream();
                break;
            case EndKind.File:
                _file = new TempFile();
                _fileStream = new FileStream(_file.Path, FileMode.Create, FileAccess.ReadWrite);
                break;
            default:
                _out = SocketPair.Connect(destination == EndKind.Tcp ? Family.Tcp : Family.Unix);
                _socketReader = Peer.Read(_out.Far);
                break;
        }
    }

    internal TransferEndpoint Source => _source switch
    {
        EndKind.Pipe => _sourcePipe,
        EndKind.Stream => _sourceStream,
        _ => _in!.Near,
    };

    internal TransferEndpoint Destination => _destination switch
    {
        EndKind.Pipe => _destinationPipe,
        EndKind.Stream => _destinationStream,
        EndKind.File => _fileStream,
        _ => _out!.Near,
    };

    internal Pipe SourcePipe => _sourcePipe!;

    /// <summary>The peer of a source that is a socket.</summary>
    internal Socket Feeder => _in!.Far;

    /// <summary>Writes so many bytes into the source and ends it. A stream has them all at once.</summary>
    internal Task<long> Feed(long total, int chunk = 65536, long start = 0)
    {
        switch (_source)
        {
            case EndKind.Pipe:
                return PipePeer.Write(_sourcePipe!, total, chunk, start: start);
            case EndKind.Stream:
                _sourceStream!.Write(Pattern.Default.Bytes(start, (int)total));
                _sourceStream.Position = 0;
                return Task.FromResult(total);
            default:
                return Peer.Write(_in!.Far, total, chunk, start: start);
        }
    }

    /// <summary>Once the transfer is over: ends the destination, which a transfer leaves open.</summary>
    /// <returns>How many bytes of the pattern arrived, and nothing else.</returns>
    internal async Task<long> EndAndCount()
    {
        switch (_destination)
        {
            case EndKind.Pipe:
                _destinationPipe!.CloseWrite();
                return await _pipeReader!;
            case EndKind.Stream:
                Pattern.Default.AssertEqual(_destinationStream!.ToArray());
                return _destinationStream.Length;
            case EndKind.File:
                long position = _fileStream!.Position;
                Assert.Equal(position, _fileStream.Length);
                Pattern.Default.AssertEqual(_file!.ReadBytes());
                return position;
            default:
                _out!.Near.Shutdown(SocketShutdown.Send);
                Received received = await _socketReader!;
                Assert.Equal(SocketError.Success, received.Error);
                return received.Count;
        }
    }

    public void Dispose()
    {
        _in?.Dispose();
        _out?.Dispose();
        _sourcePipe?.Dispose();
        _destinationPipe?.Dispose();
        _sourceStream?.Dispose();
        _destinationStream?.Dispose();
        _fileStream?.Dispose();
        _file?.Dispose();
        _socketReader = null;
        _pipeReader = null;
    }
}

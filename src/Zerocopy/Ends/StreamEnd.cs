using System.IO.Pipes;
using System.Net.Quic;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Zerocopy;

/// <summary>A <see cref="Stream"/> as an end of a flow: made non-blocking by taking a pending operation for a wait,
/// whose completion is the edge.</summary>
/// <remarks>Reads and writes are apart, so one stream can serve both directions of a relay. On its caller's thread the
/// stream's sync methods are called and nothing is ever pending.</remarks>
internal sealed class StreamEnd : FlowEnd
{
    private readonly Stream _stream;
    private readonly bool _isSync;
    private readonly bool _waitsForData;
    private readonly CancellationToken _cancellation;
    private readonly Socket? _socket;
    private readonly SafeHandle? _handle; // The user's, of a stream that is but a view of it.
    private StreamIo _read;
    private StreamIo _write;
    private Action? _readCompleted;
    private Action? _writeCompleted;
    private bool _dataIsThere;
    private bool _hasEnded; // A read has said so.
    private bool _isTold; // Its peer knows that nothing more comes.
    private Exception? _exception;

    /// <param name="endpoint">The stream.</param>
    /// <param name="runner">Whose end it is: posted when a pending call has completed. Where it polls, on its caller's
    /// thread, the sync methods are called.</param>
    internal StreamEnd(in Endpoint endpoint, FlowRunner runner)
    {
        _stream = endpoint.Stream!;
        _socket = endpoint.Socket;
        _handle = endpoint.Handle;
        Runner = runner;
        _isSync = runner.Polls && !IsInterruptible(_stream);
        _cancellation = runner.StreamCancellation;
        _waitsForData = !_isSync && SupportsZeroByteRead(_stream);
    }

    // Until its result is taken: a read that has just completed has its bytes nowhere but in that block.
    internal override bool IsReading => _read.OwnsBytes;

    // A write that was lost owns its bytes as one that goes on does.
    internal override bool IsWriting => _write.State is StreamIo.Step.Pending or StreamIo.Step.Lost;

    internal override bool IsBusy => _read.State == StreamIo.Step.Pending || _write.State == StreamIo.Step.Pending;

    internal override bool ReadIsOver => _read.State == StreamIo.Step.Completed && !_read.IsEmpty;

    internal override bool WriteIsOver => _write.State == StreamIo.Step.Completed && !_write.IsEmpty;

    internal override bool NeedsFlush => true;

    internal override Exception? Exception => _exception;

    // Of all streams only these can say that nothing more comes and be read from afterwards.
    internal override bool CanHalfClose => _socket is not null || _stream is SslStream or QuicStream;

    internal override bool MayPostLate => true;

    internal override bool ServesOnce => true;

    internal override string ReadName => "Read";

    internal override string WriteName => "Write";

    // A device perhaps, of which nothing is asked where it comes here.
    internal override bool KeepsPackets => _handle is not null;

    internal bool Is(Stream stream) => ReferenceEquals(_stream, stream);

    /// <summary>A stream that has called back is looked at, and its marks say what was seen.</summary>
    internal override void TakeEdges()
    {
        if (HasNewEdges)
        {
            Readiness edges = TakeNewEdges();
            Marks |= edges & Look(ref _read, Readiness.Readable);
            Marks |= edges & Look(ref _write, Readiness.Writable);
            Marks |= edges & Readiness.Closed;
        }
    }

    internal override bool TryEnter()
    {
        Marks |= LookForUntold();
        return !Has(Readiness.Closed);
    }

    internal override int Park()
    {
        if (_handle is not null)
        {
            BeginWatch();
        }

        return 0;
    }

    internal override bool Leave()
    {
        EndWatch();
        return true;
    }

    // Whoever disposes a handle does not know of the stream.
    private protected override Readiness LookForUntold()
        => _handle is { IsClosed: true } ? Readiness.Closed : Readiness.None;

    // A 0 that was returned is the stream's word for its end, whatever it says of itself afterwards.
    internal override bool IsDisposed()
    {
        if (_handle is { IsClosed: true })
        {
            return true;
        }

        if (_socket is not null && (_socket.SafeHandle.IsClosed || !(_stream.CanRead || _stream.CanWrite)))
        {
            return true; // A stream of .NET's own, over a socket.
        }

        return _exception switch
        {
            null => false,
            ObjectDisposedException => true,
            IOException { InnerException: SocketException { SocketErrorCode: SocketError.OperationAborted } } => true,
            _ => SaysItIsDisposed(),
        };
    }

    internal override Moved Read(Block block, int length)
    {
        try
        {
            if (_isSync)
            {
                using Unleased unleased = new(Runner!);
                int read = _stream.Read(block.Span[..length]);
                return read >= 0 && read <= length ? Moved.Bytes(read) : throw ThrowHelper.WrongCount(read, length);
            }

            if (_read.State == StreamIo.Step.Idle)
            {
                // A zero-byte read waits for data without owning a buffer.
                Memory<byte> target = _waitsForData && !_dataIsThere ? Memory<byte>.Empty : block.Memory[..length];
                ValueTask<int> read = _stream.ReadAsync(target, _cancellation);
                _read.BeginRead(read, target.Length, _readCompleted ??= ReadCompleted);
            }

            if (_read.State != StreamIo.Step.Completed)
            {
                return Unfinished(_read);
            }

            bool wasProbe = _read.IsEmpty;
            int count = _read.Take();
            _dataIsThere = wasProbe || count == length;
            _hasEnded = !wasProbe && count == 0;
            return wasProbe ? Read(block, length) : Moved.Bytes(count);
        }
        catch (Exception e)
        {
            return Failed(e);
        }
    }

    internal override Moved Write(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            if (_isSync)
            {
                using Unleased unleased = new(Runner!);
                _stream.Write(bytes.Span);
                return Moved.Bytes(bytes.Length);
            }

            if (_write.State == StreamIo.Step.Idle)
            {
                BeginWrite(_stream.WriteAsync(bytes, _cancellation), bytes.Length);
            }

            return TakeWrite();
        }
        catch (Exception e)
        {
            return Failed(e);
        }
    }

    internal override Moved Flush()
    {
        try
        {
            if (_isSync)
            {
                using Unleased unleased = new(Runner!);
                _stream.Flush();
                return Moved.Bytes(0);
            }

            if (_write.State == StreamIo.Step.Idle)
            {
                BeginWrite(new ValueTask(_stream.FlushAsync(_cancellation)), 0);
            }

            return TakeWrite();
        }
        catch (Exception e)
        {
            return Failed(e);
        }
    }

    internal override Moved FinishWriting()
    {
        try
        {
            if (_socket is not null)
            {
                _socket.Shutdown(SocketShutdown.Send);
                _isTold = true;
                return Moved.Bytes(0);
            }

            if (_stream is not SslStream ssl)
            {
                return FinishPlain();
            }

            if (_write.State == StreamIo.Step.Idle)
            {
                BeginWrite(new ValueTask(ssl.ShutdownAsync()), 0);
            }

            Moved told = TakeWrite();
            _isTold = !told.IsWouldBlock;
            return told;
        }
        catch (Exception e)
        {
            return Failed(e);
        }
    }

    internal override void CloseOwned(bool reset)
    {
        if (_socket is not null && reset)
        {
            _socket.Close(0);
        }
        else if ((_socket ?? SocketBeneath.Of(_stream)) is { } socket)
        {
            SocketBeneath.NeverWait(socket);
        }

        if (!reset && !_hasEnded && !IsBusy && CanLinger())
        {
            _ = StreamLinger.RunAsync(_stream, _socket);
            return;
        }

        try
        {
            _stream.Dispose();
        }
        finally
        {
            _socket?.Dispose();
            _handle?.Dispose();
        }
    }

    /// <summary>True if its peer knows the end, and could lose what is underway by a close; on a unix socket it could
    /// not.</summary>
    private bool CanLinger() => _socket is null
        ? _isTold : _socket.AddressFamily != AddressFamily.Unix && SocketBeneath.TryFinish(_socket);

    private Moved FinishPlain()
    {
        Moved flushed = Flush();
        if (flushed is { IsError: false } && _stream is QuicStream quic)
        {
            quic.CompleteWrites();
            _isTold = true;
        }

        return flushed;
    }

    // Pipe streams of .NET, which come here where the kernel may not be asked: an operation of theirs can be cancelled,
    // and a call cannot.
    private static bool IsInterruptible(Stream stream)
        => !Platform.HasKernel && stream is System.IO.Pipes.PipeStream
            && stream.GetType().Assembly == typeof(System.IO.Pipes.PipeStream).Assembly;

    // Types of the base library that answer a zero-byte read when there is data. Others may answer at once, or never.
    private static bool SupportsZeroByteRead(Stream stream)
        => stream.GetType() == typeof(NetworkStream) || stream.GetType() == typeof(SslStream)
            || stream.GetType() == typeof(NamedPipeServerStream) || stream.GetType() == typeof(NamedPipeClientStream);

    private void BeginWrite(ValueTask write, int length)
        => _write.BeginWrite(write, length, _writeCompleted ??= WriteCompleted);

    private Moved TakeWrite()
        => _write.State == StreamIo.Step.Completed ? Moved.Bytes(_write.Take()) : Unfinished(_write);

    /// <summary>Of one that was lost the exception has been told before.</summary>
    private static Moved Unfinished(in StreamIo io)
        => io.State == StreamIo.Step.Pending ? Moved.WouldBlock : Moved.Failed((int)Sys.Errno.EIO);

    private Readiness Look(ref StreamIo io, Readiness mark)
    {
        try
        {
            return io.Look() ? mark : Readiness.None;
        }
        catch (Exception e)
        {
            _ = Failed(e);
            return mark; // The next call fails with it.
        }
    }

    private void ReadCompleted() => OnReadiness(Readiness.Readable);

    private void WriteCompleted() => OnReadiness(Readiness.Writable);

    // Any exception: what a stream throws ends this transfer, with it as the cause, and nothing else.
    private Moved Failed(Exception e)
    {
        _exception = e;
        return Moved.Failed((int)Sys.Errno.EIO);
    }

    private bool SaysItIsDisposed()
    {
        try
        {
            return !_stream.CanRead && !_stream.CanWrite;
        }
        catch (Exception)
        {
            return false; // It has failed already, and that is its failure.
        }
    }

    /// <summary>The other ends of a sync call are not leased while this stream blocks: whoever disposes them must
    /// not wait for us.</summary>
    private readonly ref struct Unleased
    {
        private readonly FlowRunner _runner;

        internal Unleased(FlowRunner runner)
        {
            _runner = runner;
            runner.ExitEnds();
        }

        // What was closed meanwhile is marked so, and its next call fails with EBADF.
        public void Dispose() => _runner.EnterEnds();
    }
}

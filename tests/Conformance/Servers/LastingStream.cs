// One direction of a connection that has bytes on their way until it is told that the time has come.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Servers;

/// <summary>A writer that writes without end until then, and so much more after that; a reader that compares all of it.
/// Where it is held up nobody reads before then, so that every buffer in between is full.</summary>
internal sealed class LastingStream
{
    private const int ChunkBytes = 50_021;
    private const int AfterwardsBytes = 300_007;

    // More than all buffers in between can be seen as, on a stream that flows.
    private const int UnderWayBytes = 1_500_000;

    private readonly ManualResetEventSlim _then;
    private readonly Task<Received> _reader;
    private readonly Task _writer;
    private readonly bool _isHeldUp;
    private long _sent;
    private long _lastLook = -1;
    private long _stillSinceMs;

    internal LastingStream(Socket from, Socket to, Pattern pattern, bool isHeldUp, ManualResetEventSlim then)
    {
        _then = then;
        _isHeldUp = isHeldUp;
        _writer = Deadline.OnThread(() => Write(from, pattern));
        _reader = isHeldUp
            ? Deadline.OnThread(then.Wait).ContinueWith(_ => Peer.Read(to, pattern: pattern), TaskScheduler.Default)
                .Unwrap()
            : Peer.Read(to, pattern: pattern);
    }

    /// <summary>Bytes that were written.</summary>
    internal long Sent => Volatile.Read(ref _sent);

    /// <summary>So much has been written that it must flow; or, where it is held up, nothing more goes in.</summary>
    internal bool IsUnderWay
    {
        get
        {
            if (!_isHeldUp)
            {
                return Sent > UnderWayBytes;
            }

            const int StillMs = 50;
            if (Sent != _lastLook)
            {
                (_lastLook, _stillSinceMs) = (Sent, Environment.TickCount64);
            }

            return Sent > 0 && Environment.TickCount64 - _stillSinceMs > StillMs;
        }
    }

    internal async Task AssertWhole()
    {
        await _writer.Within("a writer");
        Assert.Equal(new Received(Sent, SocketError.Success), await _reader.Within("a reader"));
    }

    private void Write(Socket socket, Pattern pattern)
    {
        long end = long.MaxValue;
        while (Sent < end)
        {
            int count = socket.Send(pattern.Slice(Sent, (int)Math.Min(ChunkBytes, end - Sent)).Span);
            Volatile.Write(ref _sent, Sent + count);
            end = end == long.MaxValue && _then.IsSet ? Sent + AfterwardsBytes : end;
        }

        socket.Shutdown(SocketShutdown.Send);
    }
}

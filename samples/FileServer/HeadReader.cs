using System.Net.Sockets;

namespace Zerocopy.Samples.FileServer;

/// <summary>Reads one request's head after the other from a connection, and keeps what came behind it.</summary>
internal sealed class HeadReader(Socket socket, TimeSpan idleTimeout, TimeSpan headTimeout)
{
    internal const int HeadBytesMax = 8 * 1024;

    private readonly byte[] _buffer = new byte[2 * HeadBytesMax];
    private int _start;
    private int _end;
    private int _line; // Where the line that is not complete yet begins, counted from _start.

    /// <summary>True after the client has ended its side: there is nobody to linger for.</summary>
    internal bool IsAtEnd { get; private set; }

    private ReadOnlySpan<byte> Unread => _buffer.AsSpan(_start, _end - _start);

    /// <summary>Waits for the next head.</summary>
    /// <param name="isIdle">Told whether nothing of the next request has come yet.</param>
    /// <returns>All its lines, with the empty one; or nothing, at the end of the stream or after the idle timeout.
    /// Overwritten by the next.</returns>
    /// <exception cref="HttpException">It is too long, too slow, or no lines.</exception>
    internal ReadOnlySpan<byte> Read(Action<bool> isIdle)
    {
        long dueMs = DueMs(headTimeout);
        _line = 0;
        while (true)
        {
            if (TryFindEnd(out int length))
            {
                ReadOnlySpan<byte> head = Unread[..length];
                _start += length;
                return head;
            }

            bool hasBegun = Unread.Length > 0;
            if (Unread.Length >= HeadBytesMax)
            {
                throw new HttpException(431, $"a head has at most {HeadBytesMax} bytes");
            }

            isIdle(!hasBegun);
            if (!hasBegun)
            {
                dueMs = DueMs(idleTimeout);
            }

            bool hasCome = Receive(dueMs);
            isIdle(false);
            if (!hasCome)
            {
                return hasBegun && !IsAtEnd ? throw new HttpException(408, "the head took too long") : default;
            }

            dueMs = hasBegun ? dueMs : DueMs(headTimeout);
        }
    }

    /// <summary>Takes at most so many bytes of what came behind the head. Valid until the next head is read.</summary>
    internal ReadOnlyMemory<byte> Take(long countMax)
    {
        int count = (int)Math.Min(countMax, _end - _start);
        _start += count;
        return _buffer.AsMemory(_start - count, count);
    }

    /// <summary>A line ends in CR LF. Who takes a bare LF for an end too sees another request than the next server
    /// does, so it is refused, and at once: the end that we wait for might never come.</summary>
    private bool TryFindEnd(out int length)
    {
        while (true)
        {
            ReadOnlySpan<byte> line = Unread[_line..];
            int at = line.IndexOf((byte)'\n');
            if (at < 0)
            {
                length = 0;
                return false;
            }

            if (at == 0 || line[at - 1] != '\r')
            {
                throw new HttpException(400, "a line ends in CR LF");
            }

            if (at > 1)
            {
                _line += at + 1;
            }
            else if (_line > 0)
            {
                length = _line + 2;
                return true;
            }
            else
            {
                _start += 2; // Old clients send an empty line after a body.
            }
        }
    }

    /// <summary>Receives at least one byte.</summary>
    /// <returns>False at the deadline and at the end of the stream.</returns>
    private bool Receive(long dueMs)
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        long leftMs = Math.Max(dueMs - Environment.TickCount64, 0);
        if (!socket.Poll(TimeSpan.FromMilliseconds(leftMs), SelectMode.SelectRead))
        {
            return false;
        }

        int count = socket.Receive(_buffer.AsSpan(_end));
        IsAtEnd = count == 0;
        _end += count;
        return count > 0;
    }

    private static long DueMs(TimeSpan timeout) => Environment.TickCount64 + (long)timeout.TotalMilliseconds;
}

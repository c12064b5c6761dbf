// Who writes and who reads at the far ends: at their own pace, comparing every byte.
using System.Net.Sockets;

namespace Zerocopy.Soak;

/// <summary>A piece of the pattern.</summary>
internal readonly record struct Content(long Start, long Bytes)
{
    internal Content From(long skipped) => new(Start + skipped, Bytes - skipped);
}

/// <summary>What became of a writer.</summary>
/// <param name="Count">Bytes that the kernel has taken; if it was cut off, up to one chunk more.</param>
/// <param name="Error">What cut it off, or Success.</param>
internal readonly record struct Sent(long Count, SocketError Error);

/// <summary>What a reader got, all of it right.</summary>
/// <param name="Count">Bytes.</param>
/// <param name="Error">What cut it off, or Success: a proper end of stream.</param>
internal readonly record struct Received(long Count, SocketError Error)
{
    internal bool IsWhole => Error == SocketError.Success;
}

internal static class Peers
{
    internal const int ChunkMax = Crew.BufferBytes;

    /// <summary>Writes a content.</summary>
    /// <param name="socket">Shut down for sending at the end, if it is to finish.</param>
    /// <param name="content">What.</param>
    /// <param name="pace">How.</param>
    /// <param name="finishes">Say that it was all.</param>
    /// <param name="resetAfter">Reset the connection after so many bytes.</param>
    internal static Sent Send(
        Socket socket, Content content, Pace pace, bool finishes = true, long resetAfter = long.MaxValue)
    {
        long sent = 0;
        try
        {
            while (sent < content.Bytes && sent < resetAfter)
            {
                int count = (int)Math.Min(pace.Next(), content.Bytes - sent);
                ReadOnlySpan<byte> bytes = Pattern.Default.Slice(content.Start + sent, count).Span;
                int taken = socket.Send(bytes, SocketFlags.None, out SocketError error);
                if (error != SocketError.Success)
                {
                    return new Sent(sent, error);
                }

                sent += taken;
            }

            if (sent >= resetAfter)
            {
                Link.Reset(socket);
                return new Sent(sent, SocketError.OperationAborted);
            }

            if (finishes)
            {
                socket.Shutdown(SocketShutdown.Send);
            }

            return new Sent(sent, SocketError.Success);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return new Sent(sent, ErrorOf(e));
        }
    }

    /// <summary>Reads to the end and compares.</summary>
    /// <param name="socket">Left open.</param>
    /// <param name="start">Where in the pattern it begins.</param>
    /// <param name="pace">How.</param>
    /// <param name="resetAfter">Reset the connection after so many bytes.</param>
    internal static Received Receive(Socket socket, long start, Pace pace, long resetAfter = long.MaxValue)
    {
        long done = 0;
        try
        {
            while (done < resetAfter)
            {
                Span<byte> buffer = Crew.Buffer.AsSpan(0, Math.Min(pace.Next(), ChunkMax));
                int count = socket.Receive(buffer, SocketFlags.None, out SocketError error);
                if (count == 0 || error != SocketError.Success)
                {
                    return new Received(done, error);
                }

                Pattern.Default.AssertEqual(buffer[..count], start + done);
                done += count;
            }

            Link.Reset(socket);
            return new Received(done, SocketError.OperationAborted);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return new Received(done, ErrorOf(e));
        }
    }

    /// <summary>The same from a pipe.</summary>
    /// <param name="pipe">Left open.</param>
    /// <param name="start">Where in the pattern it begins.</param>
    /// <param name="pace">How.</param>
    /// <param name="closeAfter">Close the read end after so many bytes.</param>
    internal static Received Receive(Pipe pipe, long start, Pace pace, long closeAfter = long.MaxValue)
    {
        long done = 0;
        try
        {
            while (done < closeAfter)
            {
                Span<byte> buffer = Crew.Buffer.AsSpan(0, Math.Min(pace.Next(), ChunkMax));
                int count = pipe.Read(buffer);
                if (count == 0)
                {
                    return new Received(done, SocketError.Success);
                }

                Pattern.Default.AssertEqual(buffer[..count], start + done);
                done += count;
            }

            pipe.CloseRead();
            return new Received(done, SocketError.OperationAborted);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return new Received(done, SocketError.ConnectionReset);
        }
    }

    private static SocketError ErrorOf(Exception e)
        => e is SocketException { SocketErrorCode: SocketError error } ? error : SocketError.OperationAborted;
}

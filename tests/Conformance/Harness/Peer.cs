// The other side of the wire: threads of their own, so that a peer never shares the thread pool under test.
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace Zerocopy.Conformance.Harness;

/// <summary>What a reader got until the stream ended.</summary>
/// <param name="Count">Bytes, all of them compared with the pattern.</param>
/// <param name="Error">How it ended: Success is a proper end of stream.</param>
public readonly record struct Received(long Count, SocketError Error);

internal static class Peer
{
    /// <summary>Writes <paramref name="total"/> bytes of the pattern.</summary>
    /// <param name="socket">Left open, and shut down for sending unless told otherwise.</param>
    /// <param name="total">How many bytes.</param>
    /// <param name="chunk">Bytes in one send.</param>
    /// <param name="pauseMs">Between two sends.</param>
    /// <param name="start">Position of the first byte.</param>
    /// <param name="finish">Shut down for sending at the end.</param>
    /// <param name="pattern">Which stream.</param>
    /// <returns>Bytes written. If the connection broke less than all, and without the part of the last chunk that was
    /// sent, which .NET does not tell: see <see cref="AssertWroteAtLeast"/>.</returns>
    internal static Task<long> Write(
        Socket socket,
        long total,
        int chunk = 65536,
        int pauseMs = 0,
        long start = 0,
        bool finish = true,
        Pattern? pattern = null)
        => Deadline.OnThread(() => WriteCore(socket, total, chunk, pauseMs, start, finish, pattern ?? Pattern.Default));

    /// <summary>Reads to the end and compares every byte.</summary>
    /// <param name="socket">Left open.</param>
    /// <param name="chunk">Bytes in one receive.</param>
    /// <param name="pauseMs">Before each receive: a slow reader.</param>
    /// <param name="start">Position of the first byte.</param>
    /// <param name="max">Stop after so many bytes.</param>
    /// <param name="pattern">Which stream.</param>
    internal static Task<Received> Read(
        Socket socket,
        int chunk = 65536,
        int pauseMs = 0,
        long start = 0,
        long max = long.MaxValue,
        Pattern? pattern = null)
        => Deadline.OnThread(() => ReadCore(socket, chunk, pauseMs, start, max, pattern ?? Pattern.Default));

    /// <summary>Reads to the end and keeps the bytes.</summary>
    internal static Task<byte[]> ReadAll(Socket socket) => Deadline.OnThread(() =>
    {
        using MemoryStream all = new();
        byte[] buffer = new byte[65536];
        for (int count; (count = socket.Receive(buffer)) > 0;)
        {
            all.Write(buffer, 0, count);
        }

        return all.ToArray();
    });

    /// <summary>Reads to the end and keeps it as text.</summary>
    internal static async Task<string> ReadText(Socket socket) => Encoding.ASCII.GetString(await ReadAll(socket));

    /// <summary>Reads exactly so many bytes and keeps them.</summary>
    internal static Task<byte[]> ReadExactly(Socket socket, int count) => Deadline.OnThread(() =>
    {
        byte[] bytes = new byte[count];
        for (int done = 0; done < count;)
        {
            int part = socket.Receive(bytes, done, count - done, SocketFlags.None);
            Assert.True(part > 0, $"the stream ended after {done} of {count} bytes");
            done += part;
        }

        return bytes;
    });

    /// <summary>Fails unless the writer wrote all and the reader got all, followed by a proper end of stream.</summary>
    internal static async Task AssertAll(long expected, Task<long> writer, Task<Received> reader)
    {
        Assert.Equal(expected, await writer.Within("the writer"));
        Assert.Equal(new Received(expected, SocketError.Success), await reader.Within("the reader"));
    }

    /// <summary>Fails unless a writer, cut off by a broken connection, had sent at least so many bytes.</summary>
    internal static async Task AssertWroteAtLeast(long expected, Task<long> writer, int chunk = 65536)
    {
        long told = await writer.Within("the writer");
        Assert.True(told + chunk >= expected, $"the writer sent {told} bytes, and {expected} were received");
    }

    private static long WriteCore(
        Socket socket, long total, int chunk, int pauseMs, long start, bool finish, Pattern pattern)
    {
        long done = 0;
        try
        {
            while (done < total)
            {
                if (done > 0 && pauseMs > 0)
                {
                    Thread.Sleep(pauseMs);
                }

                int wanted = (int)Math.Min(chunk, total - done);
                for (int sent = 0; sent < wanted;)
                {
                    int length = Math.Min(wanted - sent, 512 * 1024);
                    int count = socket.Send(pattern.Slice(start + done, length).Span);
                    sent += count;
                    done += count;
                }
            }

            if (finish)
            {
                socket.Shutdown(SocketShutdown.Send);
            }
        }
        catch (SocketException) when (done < total)
        {
            return done; // The count says how far it came.
        }

        return done;
    }

    private static Received ReadCore(Socket socket, int chunk, int pauseMs, long start, long max, Pattern pattern)
    {
        byte[] buffer = new byte[chunk];
        long done = 0;
        while (done < max)
        {
            if (pauseMs > 0)
            {
                Thread.Sleep(pauseMs);
            }

            int wanted = (int)Math.Min(chunk, max - done);
            int count = socket.Receive(buffer.AsSpan(0, wanted), SocketFlags.None, out SocketError error);
            if (error != SocketError.Success || count == 0)
            {
                return new Received(done, error);
            }

            pattern.AssertEqual(buffer.AsSpan(0, count), start + done);
            done += count;
        }

        return new Received(done, SocketError.Success);
    }
}

// What the peers of a transfer do on the real kernel, by a script that every run of a case repeats.
using System.Net.Sockets;
using Zerocopy.Properties.Simulation;

namespace Zerocopy.Properties.Identity;

/// <param name="Stream">Which content.</param>
/// <param name="Start">Position of its first byte.</param>
/// <param name="Bytes">How many.</param>
/// <param name="ChunkMax">The most sent, or read, at once.</param>
/// <param name="PausePercent">Percent of calls with a pause before them.</param>
/// <param name="Seed">Of chunks and pauses.</param>
internal sealed record PeerScript(int Stream, long Start, int Bytes, int ChunkMax, int PausePercent, ulong Seed)
{
    /// <summary>Sends everything, then ends; stops early when it is cut off.</summary>
    /// <returns>How many bytes it could send.</returns>
    internal Task<int> Send(Socket socket, bool resets) => Task.Factory.StartNew(
        () =>
        {
            SimRandom random = new(Seed);
            int sent = 0;
            while (sent < Bytes)
            {
                Pause(random);
                int count = Math.Min(Bytes - sent, random.Between(1, ChunkMax));
                ReadOnlySpan<byte> chunk = SimContent.At(Stream, Start + sent, count);
                while (chunk.Length > 0)
                {
                    int taken = socket.Send(chunk, SocketFlags.None, out SocketError error);
                    if (error is SocketError.ConnectionReset or SocketError.Shutdown or SocketError.TimedOut)
                    {
                        // Cut off; the caller knows whether that may be. No timeout is set: .NET says so to a blocked
                        // writer of a unix socket that is closed with bytes unread.
                        return sent;
                    }

                    if (error != SocketError.Success)
                    {
                        throw new SocketException((int)error);
                    }

                    chunk = chunk[taken..];
                    sent += taken;
                }
            }

            if (resets)
            {
                socket.LingerState = new LingerOption(true, 0);
                socket.Close();
            }
            else
            {
                ShutdownSend(socket);
            }

            return sent;
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    /// <summary>Reads to the end, comparing.</summary>
    /// <returns>How many bytes came, all of them the stream's.</returns>
    /// <param name="socket">Whose bytes.</param>
    /// <param name="diesAfter">Reset the connection after so many.</param>
    internal Task<long> Receive(Socket socket, int? diesAfter = null) => Task.Factory.StartNew(
        () =>
        {
            SimRandom random = new(Seed + 1);
            byte[] buffer = new byte[ChunkMax];
            long position = Start;
            while (true)
            {
                Pause(random);
                if (position - Start >= diesAfter)
                {
                    socket.LingerState = new LingerOption(true, 0);
                    socket.Close();
                    return position - Start;
                }

                int count = socket.Receive(buffer.AsSpan(0, random.Between(1, ChunkMax)));
                if (count == 0)
                {
                    return position - Start;
                }

                if (!buffer.AsSpan(0, count).SequenceEqual(SimContent.At(Stream, position, count)))
                {
                    throw new LawBrokenException($"wrong bytes within {count} at {position}");
                }

                position += count;
            }
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    private static void ShutdownSend(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.NotConnected)
        {
            // The other side is gone already; everything had been sent.
        }
    }

    internal void Pause(SimRandom random)
    {
        if (random.Chance(PausePercent))
        {
            Thread.Sleep(1);
        }
    }

    /// <summary>Before an async call. Half of those without a pause complete on another thread at once, while the
    /// caller still goes about waiting for them.</summary>
    internal async ValueTask PauseAsync(SimRandom random, CancellationToken token)
    {
        if (random.Chance(PausePercent))
        {
            await Task.Delay(1, token);
        }
        else if (random.Chance(50))
        {
            await Task.Yield();
        }
    }
}

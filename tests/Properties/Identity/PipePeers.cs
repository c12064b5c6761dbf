// The same scripts at the other end of a pipe of the library.
using Zerocopy.Properties.Simulation;

namespace Zerocopy.Properties.Identity;

internal static class PipePeers
{
    private const int EPIPE = 32;

    extension(PeerScript script)
    {
        /// <summary>Writes everything into the pipe and closes its write end; stops early when nobody can read it any
        /// more.</summary>
        /// <returns>How many bytes went into whole writes.</returns>
        internal Task<int> Send(Pipe pipe) => OnItsOwnThread(() =>
        {
            SimRandom random = new(script.Seed);
            int sent = 0;
            while (sent < script.Bytes)
            {
                script.Pause(random);
                int count = Math.Min(script.Bytes - sent, random.Between(1, script.ChunkMax));
                try
                {
                    pipe.Write(SimContent.At(script.Stream, script.Start + sent, count));
                }
                catch (IOException e) when (e.HResult == EPIPE || e is TransferException { Error: EPIPE })
                {
                    return sent; // Cut off; the caller knows whether that may be.
                }

                sent += count;
            }

            pipe.CloseWrite();
            return sent;
        });

        /// <summary>Reads the pipe to its end, comparing.</summary>
        /// <returns>How many bytes came, all of them the stream's from <see cref="PeerScript.Start"/> on.</returns>
        internal async Task<long> Receive(Pipe pipe)
        {
            (long bytes, bool isCut) = await script.ReceiveOrBeCut(pipe, long.MaxValue).ConfigureAwait(false);
            return isCut ? throw new LawBrokenException($"cut off after {bytes} bytes") : bytes;
        }

        /// <summary>Reads the pipe to its end, comparing, or until it fails.</summary>
        /// <param name="pipe">Whose bytes.</param>
        /// <param name="closesAfter">Closes the read end after so many.</param>
        internal Task<(long Bytes, bool IsCut)> ReceiveOrBeCut(Pipe pipe, long closesAfter) => OnItsOwnThread(() =>
        {
            SimRandom random = new(script.Seed + 1);
            byte[] buffer = new byte[script.ChunkMax];
            long position = script.Start;
            while (true)
            {
                script.Pause(random);
                if (position - script.Start >= closesAfter)
                {
                    pipe.CloseRead();
                    return (position - script.Start, false);
                }

                int count;
                try
                {
                    count = pipe.Read(buffer.AsSpan(0, random.Between(1, script.ChunkMax)));
                }
                catch (IOException)
                {
                    return (position - script.Start, true);
                }

                if (count == 0)
                {
                    return (position - script.Start, false);
                }

                Compare(buffer.AsSpan(0, count), script.Stream, position);
                position += count;
            }
        });
    }

    internal static void Compare(ReadOnlySpan<byte> bytes, int stream, long position)
    {
        ReadOnlySpan<byte> due = SimContent.At(stream, position, bytes.Length);
        int same = bytes.CommonPrefixLength(due);
        if (same < bytes.Length)
        {
            throw new LawBrokenException($"wrong bytes from {position + same} on, within {bytes.Length} at {position}");
        }
    }

    /// <summary>A party that may block must not hold one of the thread pool's threads.</summary>
    internal static Task<T> OnItsOwnThread<T>(Func<T> work)
        => Task.Factory.StartNew(
            work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}

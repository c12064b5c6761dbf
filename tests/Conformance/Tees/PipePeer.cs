// The other sides of a pipe, on threads of their own.
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Tees;

internal static class PipePeer
{
    private static readonly int[] s_chunks = [1, 13, 700, 4095, 4096, 10_000, 65_536];

    /// <summary>Writes the pattern in pieces of many sizes, then closes the write end unless told otherwise.</summary>
    internal static Task<long> Write(Pipe pipe, long total, int seed = 1, long start = 0, bool finish = true)
        => Deadline.OnThread(() =>
        {
            Random random = new(seed);
            for (long done = 0; done < total;)
            {
                int length = (int)Math.Min(s_chunks[random.Next(s_chunks.Length)], total - done);
                pipe.Write(Pattern.Default.Slice(start + done, length).Span);
                done += length;
            }

            if (finish)
            {
                pipe.CloseWrite();
            }

            return total;
        });

    /// <summary>Reads to the end and compares.</summary>
    internal static Task<long> ReadAll(Pipe pipe, long start = 0) => Deadline.OnThread(() =>
    {
        byte[] buffer = new byte[65_536];
        long done = 0;
        for (int count; (count = pipe.Read(buffer)) > 0; done += count)
        {
            Pattern.Default.AssertEqual(buffer.AsSpan(0, count), start + done);
        }

        return done;
    });

    /// <summary>Reads exactly so many bytes and compares.</summary>
    internal static Task ReadExactly(Pipe pipe, int count, long start = 0) => Deadline.OnThread(() =>
    {
        byte[] buffer = new byte[count];
        for (int done = 0; done < count;)
        {
            int part = pipe.Read(buffer.AsSpan(done));
            Assert.True(part > 0, $"the stream ended after {done} of {count} bytes");
            done += part;
        }

        Pattern.Default.AssertEqual(buffer, start);
    });

    /// <summary>Waits until a number is above zero and does not change any more.</summary>
    internal static async Task<long> AtRest(string what, Func<long> number)
    {
        const int QuietMs = 60;
        long last = 0;
        long sinceMs = Environment.TickCount64;
        await Deadline.Until($"{what} comes to rest", () =>
        {
            long now = number();
            if (now != last || now == 0)
            {
                last = now;
                sinceMs = Environment.TickCount64;
            }

            return Environment.TickCount64 - sinceMs > QuietMs;
        });
        return last;
    }
}

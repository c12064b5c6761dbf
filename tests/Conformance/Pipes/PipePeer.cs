// The other end of a pipe under test: threads of their own, every byte compared.
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Pipes;

internal static class PipePeer
{
    /// <summary>What a parked call needs to get going at most, once there is something to do.</summary>
    internal const int PromptMs = 3000;

    /// <summary>Long enough for a call to park. Too short only makes a test easier to pass.</summary>
    internal const int ParkMs = 30;

    /// <summary>Writes so many bytes of the pattern, then closes the write end unless told otherwise.</summary>
    internal static Task<long> Write(
        Pipe pipe, long total, int chunk = 65536, int pauseMs = 0, long start = 0, bool finish = true)
        => Deadline.OnThread(() =>
        {
            for (long done = 0; done < total;)
            {
                if (done > 0 && pauseMs > 0)
                {
                    Thread.Sleep(pauseMs);
                }

                int length = (int)Math.Min(chunk, total - done);
                pipe.Write(Pattern.Default.Slice(start + done, length).Span);
                done += length;
            }

            if (finish)
            {
                pipe.CloseWrite();
            }

            return total;
        });

    /// <summary>Reads to the end and compares every byte.</summary>
    /// <returns>How many there were.</returns>
    internal static Task<long> Read(Pipe pipe, int chunk = 65536, int pauseMs = 0, long start = 0)
        => Deadline.OnThread(() =>
        {
            byte[] buffer = new byte[chunk];
            long done = 0;
            while (true)
            {
                if (pauseMs > 0)
                {
                    Thread.Sleep(pauseMs);
                }

                int count = pipe.Read(buffer);
                if (count == 0)
                {
                    return done;
                }

                Pattern.Default.AssertEqual(buffer.AsSpan(0, count), start + done);
                done += count;
            }
        });

    /// <summary>Reads exactly so many bytes and keeps them.</summary>
    internal static Task<byte[]> ReadExactly(Pipe pipe, int count) => Deadline.OnThread(() =>
    {
        byte[] bytes = new byte[count];
        for (int done = 0; done < count;)
        {
            int part = pipe.Read(bytes.AsSpan(done));
            Assert.True(part > 0, $"the stream ended after {done} of {count} bytes");
            done += part;
        }

        return bytes;
    });

    /// <summary>Fills an empty pipe, whole pages at once, so that one more byte has to wait.</summary>
    /// <returns>How many bytes of the pattern are in it.</returns>
    internal static int Fill(Pipe pipe)
    {
        int capacity = pipe.Capacity;
        pipe.Write(Pattern.Default.Slice(0, capacity).Span);
        Assert.Equal(capacity, pipe.Available);
        return capacity;
    }

    internal static Task<int> Read(Call call, Pipe pipe, Memory<byte> buffer, CancellationToken token = default)
        => call == Call.Async
            ? pipe.ReadAsync(buffer, token).AsTask() : Deadline.OnThread(() => pipe.Read(buffer.Span));

    internal static Task Write(Call call, Pipe pipe, ReadOnlyMemory<byte> bytes, CancellationToken token = default)
        => call == Call.Async
            ? pipe.WriteAsync(bytes, token).AsTask() : Deadline.OnThread(() => pipe.Write(bytes.Span));

    internal static Task<TransferResult> ReadFrom(
        Call call, Pipe pipe, TransferEndpoint source, bool leaveOpen = false, CancellationToken token = default)
        => call == Call.Async
            ? pipe.ReadFromAsync(source, leaveOpen, token).AsTask()
            : Deadline.OnThread(() => pipe.ReadFrom(source, leaveOpen, token));

    internal static Task<TransferResult> WriteTo(
        Call call, Pipe pipe, TransferEndpoint destination, CancellationToken token = default)
        => call == Call.Async
            ? pipe.WriteToAsync(destination, token).AsTask()
            : Deadline.OnThread(() => pipe.WriteTo(destination, token));

    /// <summary>Fails unless the call waits.</summary>
    internal static async Task AssertWaits(Task call, string what)
    {
        await Task.Delay(ParkMs);
        Assert.False(call.IsCompleted, $"{what} has to wait and is over: {call.Status} {call.Exception}");
    }
}

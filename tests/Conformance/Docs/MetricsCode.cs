// The C# of docs/recipes/metrics.md, compiled and run: MetricsRecipeTests runs it, PagesTests compares the two.
using System.Net.Sockets;
using Zerocopy;

namespace Readme; // Outside ours, so that it needs what a stranger needs.

// block 1
internal sealed class Totals
{
    private long _spliced;
    private long _copied;
    private long _refused;

    internal long BytesSpliced => Volatile.Read(ref _spliced);

    internal long BytesCopied => Volatile.Read(ref _copied);

    internal long Refused => Volatile.Read(ref _refused);

    internal void Add(TransferResult way)
    {
        Interlocked.Add(ref _spliced, way.BytesSpliced);
        Interlocked.Add(ref _copied, way.BytesBuffered);
        if (way.FallbackError != 0)
        {
            Interlocked.Increment(ref _refused);
        }
    }
}
// end

// block 3
internal sealed class LatestProgress : IProgress<TransferProgress>
{
    private long _written;

    internal long BytesWritten => Volatile.Read(ref _written);

    public void Report(TransferProgress value) => Volatile.Write(ref _written, value.BytesWritten);
}
// end

internal static class MetricsCode
{
    internal static Task<RelayResult> Watch(Socket left, Socket right, TimeSpan every, Action<RelayResult> show)
    {
        return WatchAsync(left, right, every, show);

        // block 2
        static async Task<RelayResult> WatchAsync(
            Socket client, Socket upstream, TimeSpan interval, Action<RelayResult> sample)
        {
            await using Relay relay = Relay.Start(client, upstream);
            while (await Task.WhenAny(relay.Completion, Task.Delay(interval)) != relay.Completion)
            {
                sample(relay.Progress);
            }

            return await relay.Completion;
        }

        // end
    }

    internal static ValueTask<TransferResult> Progress(Socket from, Stream to, LatestProgress seen)
    {
        return SaveAsync(from, to, seen);

        // block 4
        static ValueTask<TransferResult> SaveAsync(Socket client, Stream file, LatestProgress progress)
            => Transfer.CopyAsync(client, file, new TransferOptions { Progress = progress });

        // end
    }
}

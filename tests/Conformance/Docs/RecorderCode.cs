// The C# of docs/recipes/recorder.md, compiled and run: RecorderRecipeTests runs it, PagesTests compares the two.
using System.Net.Sockets;
using Zerocopy;

namespace Readme; // Outside ours, so that it needs what a stranger needs.

internal static class RecorderCode
{
    internal static Task<RelayResult> Record(Socket from, Socket to, FileStream file)
    {
        return RecordAsync(from, to, file);

        // block 1
        static async Task<RelayResult> RecordAsync(Socket camera, Socket viewer, FileStream recording)
        {
            RelayOptions options = new()
            {
                LeftToRight = new FlowOptions { Mirror = recording },
                CloseEndpoints = true,
            };
            RelayResult relay = await Relay.RunAsync(camera, viewer, options);
            TeeResult recorded = relay.LeftToRight.Mirror!;
            if (recorded.EndedBy != TeeEnd.EndOfStream)
            {
                Console.WriteLine($"recorded {recorded.BytesMirrored} bytes only: {recorded.EndedBy}");
            }

            return relay;
        }

        // end
    }

    internal static ValueTask<TransferResult> Show(Socket from, FileStream file, Socket to)
    {
        return RecordAndShowAsync(from, file, to);

        // block 2
        static ValueTask<TransferResult> RecordAndShowAsync(Socket camera, FileStream recording, Socket viewer)
        {
            TransferOptions options = new()
            {
                Mirror = viewer,
                MirrorOptions = new TeeOptions { OnLag = TeeLag.Detach, CapacityBytes = 1024 * 1024 },
            };
            return Transfer.CopyAsync(camera, recording, options);
        }

        // end
    }

    internal static Task<TeeResult[]> Copies(Socket from, Socket to, FileStream[] files)
    {
        return RecordCopiesAsync(from, to, files);

        // block 3
        static async Task<TeeResult[]> RecordCopiesAsync(Socket camera, Socket viewer, FileStream[] recordings)
        {
            using Pipe pipe = Pipe.Create();
            Tee[] tees = [.. recordings.Select(recording => pipe.Tee(recording))];
            await Task.WhenAll(DrainAsync(pipe, viewer), pipe.ReadFromAsync(camera).AsTask());
            return await Task.WhenAll(tees.Select(tee => tee.Completion));
        }

        // Who drains a pipe no more closes it: who fills it would wait for ever.
        static async Task DrainAsync(Pipe pipe, Socket viewer)
        {
            using (pipe)
            {
                await pipe.WriteToAsync(viewer);
            }
        }

        // end
    }
}

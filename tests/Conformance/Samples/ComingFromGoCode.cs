// The C# of docs/coming-from-go.md, compiled and run: ComingFromGoTests compares the two.
using System.Net.Sockets;
using Zerocopy;

namespace Readme; // Outside ours, so that it needs what a stranger needs.

internal static class ComingFromGoCode
{
    internal static Task Camera(Socket camera, FileStream recording, Socket client)
    {
        return ServeAsync(camera, recording, client);

        // block 1
        static async Task ServeAsync(Socket camera, FileStream recording, Socket client)
        {
            using Pipe cameraPipe = Pipe.Create();    // between the camera and the client
            using Pipe recordingPipe = Pipe.Create(); // to the recording
            cameraPipe.Tee(recordingPipe);            // whatever leaves the one arrives in the other

            await Task.WhenAll(
                cameraPipe.ReadFromAsync(camera).AsTask(),
                DrainAsync(recordingPipe, recording),
                DrainAsync(cameraPipe, client));
        }

        // Who drains a pipe no more closes it: who fills it would wait for ever.
        static async Task DrainAsync(Pipe pipe, TransferEndpoint destination)
        {
            using (pipe)
            {
                await pipe.WriteToAsync(destination);
            }
        }

        // end
    }
}

// The C# of docs/concepts.md, compiled and run: ConceptsTests runs it, PagesTests compares the two.
using System.Net.Sockets;
using Zerocopy;

namespace Readme; // Outside ours, so that it needs what a stranger needs.

internal static class ConceptsCode
{
    internal static Task Resume(Socket from, Socket first, Socket second)
    {
        return SendAsync(from, first, second);

        // block 1
        static async Task SendAsync(Socket source, Socket destination, Socket spare)
        {
            try
            {
                await Transfer.CopyAsync(source, destination, new TransferOptions { KeepUndelivered = true });
            }
            catch (TransferException e) when (e.Side == TransferSide.Destination)
            {
                await Transfer.CopyAsync(source, spare, new TransferOptions { Prefix = e.Undelivered });
            }
        }

        // end
    }
}

// The C# of docs/recipes/file-server.md, compiled and run: FileServerRecipeTests runs it, PagesTests compares the two.
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Zerocopy;

namespace Readme; // Outside ours, so that it needs what a stranger needs.

internal static class FileServerCode
{
    internal static Task<TransferResult> Send(
        Socket to, SafeFileHandle handle, long first, long count, ReadOnlyMemory<byte> prefix)
    {
        return SendAsync(to, handle, first, count, prefix);

        // block 1
        static async Task<TransferResult> SendAsync(
            Socket client, SafeFileHandle file, long start, long length, ReadOnlyMemory<byte> head)
        {
            TransferOptions options = new()
            {
                Prefix = head,
                LimitBytes = length,
                IdleTimeout = TimeSpan.FromSeconds(30),
            };
            TransferEndpoint part = TransferEndpoint.FromHandle(file, start);
            TransferResult sent = await Transfer.CopyAsync(part, client, options);
            return sent.EndedBy == TransferEnd.LimitReached
                ? sent : throw new EndOfStreamException($"{sent.BytesConsumed} of {length} bytes were there");
        }

        // end
    }

    internal static Task Receive(Socket from, FileStream to, long count, ReadOnlyMemory<byte> before)
    {
        return ReceiveAsync(from, to, count, before);

        // block 2
        static async Task ReceiveAsync(Socket client, FileStream file, long length, ReadOnlyMemory<byte> alreadyRead)
        {
            await file.WriteAsync(alreadyRead);
            TransferOptions options = new()
            {
                LimitBytes = length - alreadyRead.Length,
                IdleTimeout = TimeSpan.FromSeconds(30),
            };
            TransferResult received = await Transfer.CopyAsync(client, file, options);
            if (received.EndedBy != TransferEnd.LimitReached)
            {
                throw new EndOfStreamException($"{received.LimitRemaining} of {length} bytes did not come");
            }
        }

        // end
    }
}

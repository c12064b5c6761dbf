using System.Diagnostics;
using System.Net.Sockets;

namespace Zerocopy.Bench.Load.Children;

/// <summary>The ways to move a file that are compared. Counts every byte.</summary>
internal sealed class Mover(string kind, RelayCounters counters)
{
    private const int BufferBytes = 128 * 1024;
    private const int FilesPerCollection = 4096;

    private int _files;

    internal async Task SendAsync(string path, Socket socket)
    {
        if (kind == MoverKind.SendFile)
        {
            await socket.SendFileAsync(path);
            Count(new ByteCounts(Spliced: new FileInfo(path).Length));
            CollectFiles();
            return;
        }

        await using FileStream from = Open(path);
        await using NetworkStream to = new(socket);
        await MoveAsync(from, to, from.Length);
    }

    internal async Task SendOutputAsync(string path, Socket socket)
    {
        using Process process = Process.Start(new ProcessStartInfo("cat", [path]) { RedirectStandardOutput = true })!;
        await using NetworkStream to = new(socket);
        await MoveAsync(process.StandardOutput.BaseStream, to, new FileInfo(path).Length);
        await process.WaitForExitAsync();
    }

    internal async Task StoreAsync(Socket socket, string path)
    {
        await using NetworkStream from = new(socket);
        await using FileStream to = CopyTarget.NewFile(path);
        await MoveAsync(from, to, null);
    }

    internal async Task CopyAsync(string fromPath, string toPath)
    {
        if (kind == MoverKind.FileCopy)
        {
            File.Copy(fromPath, toPath, overwrite: true);
            Count(new ByteCounts(Spliced: new FileInfo(toPath).Length));
            return;
        }

        await using FileStream from = Open(fromPath);
        await using FileStream to = CopyTarget.NewFile(toPath);
        await MoveAsync(from, to, null);
    }

    /// <param name="from">To its end.</param>
    /// <param name="to">Where to.</param>
    /// <param name="bytes">How many there are; null: as many as are in the file that was written.</param>
    private async Task MoveAsync(Stream from, Stream to, long? bytes)
    {
        if (kind == MoverKind.Zerocopy)
        {
            Count(ByteCounts.Of(await Transfer.CopyAsync(from, to)));
            return;
        }

        await from.CopyToAsync(to, BufferBytes);
        Count(new ByteCounts(Buffered: bytes ?? to.Length));
    }

    // It leaves the files that it opens to the finalizer, and would run out of descriptors.
    private void CollectFiles()
    {
        if (++_files % FilesPerCollection == 0)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    private void Count(in ByteCounts moved)
    {
        counters.Begin();
        counters.End(moved, null);
    }

    private static FileStream Open(string path)
        => new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
}

// Mounts a file system and moves files on it every way there is.
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Files;

internal sealed class FileSystemChild : IChild
{
    private const int Bytes = 1_500_003;
    private const int Head = 4099;

    public int Run(string[] args)
    {
        if (MountNew(args[0], args[1]) is not { } directory)
        {
            return ChildProcess.Skip($"no {args[0]} can be made and mounted here");
        }

        foreach (TransferMode mode in Matrix.Modes)
        {
            foreach (Call call in Enum.GetValues<Call>())
            {
                foreach (Family family in Enum.GetValues<Family>())
                {
                    ToSocket(directory, family, mode, call).GetAwaiter().GetResult();
                    FromSocket(directory, family, mode, call).GetAwaiter().GetResult();
                }

                ToFile(directory, directory, mode, call).GetAwaiter().GetResult();
                ThroughPipe(directory, mode, call).GetAwaiter().GetResult();
                if (mode != TransferMode.RequireZeroCopy) // Two file systems, and append mode: the kernel may refuse.
                {
                    ToFile(directory, PlacedFile.DirectoryOf(Place.Memory), mode, call).GetAwaiter().GetResult();
                    ToFile(PlacedFile.DirectoryOf(Place.Memory), directory, mode, call).GetAwaiter().GetResult();
                    Appended(directory, mode, call).GetAwaiter().GetResult();
                }
            }
        }

        Console.WriteLine("done");
        return 0;
    }

    /// <returns>Where it is; null where that cannot be done.</returns>
    private static string? MountNew(string type, string directory)
        => type == "overlay" ? MountOverlay(directory) : Mount.Image(type, directory);

    private static string? MountOverlay(string at)
    {
        if (!Mount.Run("mount", "-t", "tmpfs", "tmpfs", at))
        {
            return null;
        }

        foreach (string part in (string[])["lower", "upper", "work", "merged"])
        {
            Directory.CreateDirectory(Path.Combine(at, part));
        }

        string merged = Path.Combine(at, "merged");
        string layers = $"lowerdir={at}/lower,upperdir={at}/upper,workdir={at}/work";
        return Mount.Run("mount", "-t", "overlay", "overlay", "-o", layers, merged) ? merged : null;
    }

    private static async Task ToSocket(string directory, Family family, TransferMode mode, Call call)
    {
        using PlacedFile file = new(directory, Pattern.Default.Bytes(0, Bytes));
        using FileStream stream = file.Open(FileAccess.Read);
        stream.Position = Head;
        using SocketPair pair = SocketPair.Connect(family);
        Task<Received> reader = Peer.Read(pair.Far, start: Head);
        TransferResult result = await Rig.Start(call, stream, pair.Near, new TransferOptions { Mode = mode })
            .Within("to a socket");
        pair.Near.Shutdown(SocketShutdown.Send);
        FileAssert.Moved(result, Bytes - Head, TransferMechanism.Sendfile, mode);
        Assert.Equal(Bytes, stream.Position);
        Assert.Equal(new Received(Bytes - Head, SocketError.Success), await reader.Within("the reader"));
    }

    private static async Task FromSocket(string directory, Family family, TransferMode mode, Call call)
    {
        using PlacedFile file = new(directory, Pattern.Default.Bytes(0, Head));
        using FileStream stream = file.Open();
        stream.Position = Head;
        using SocketPair pair = SocketPair.Connect(family);
        Task<long> writer = Peer.Write(pair.Far, Bytes - Head, start: Head);
        TransferResult result = await Rig.Start(call, pair.Near, stream, new TransferOptions { Mode = mode })
            .Within("from a socket");
        await writer.Within("the writer");
        FileAssert.Moved(result, Bytes - Head, TransferMechanism.SpliceThroughPipe, mode);
        Pattern.Default.AssertEqual(file.ReadBytes());
        Assert.Equal(Bytes, stream.Position);
    }

    // What a file system cannot do for copy_file_range, or between two of them, is copied.
    private static async Task ToFile(string from, string to, TransferMode mode, Call call)
    {
        using PlacedFile source = new(from, Pattern.Default.Bytes(0, Bytes));
        using PlacedFile destination = new(to, Pattern.Default.Bytes(0, Head));
        using SafeFileHandle input = source.OpenHandle(FileAccess.Read);
        using SafeFileHandle output = destination.OpenHandle();
        TransferResult result = await Rig.Start(
            call,
            TransferEndpoint.FromHandle(input, Head),
            TransferEndpoint.FromHandle(output, Head),
            new TransferOptions { Mode = mode }).Within("to a file");
        Assert.Equal((Bytes - Head, Bytes - Head), (result.BytesConsumed, result.BytesWritten));
        Assert.Equal(Bytes - Head, result.BytesCopyFileRange + result.BytesBuffered);
        Pattern.Default.AssertEqual(destination.ReadBytes());
    }

    private static async Task ThroughPipe(string directory, TransferMode mode, Call call)
    {
        using PlacedFile source = new(directory, Pattern.Default.Bytes(0, Bytes));
        using PlacedFile destination = new(directory, default);
        using SafeFileHandle input = source.OpenHandle(FileAccess.Read);
        using FileStream output = destination.Open();
        using Pipe pipe = Pipe.Create();
        TransferOptions options = new() { Mode = mode, ShareFilePages = true };
        Task<TransferResult> drained = Rig.Start(call, pipe, output, new TransferOptions { Mode = mode });
        TransferResult result =
            await Rig.Start(call, TransferEndpoint.FromHandle(input, 0), pipe, options).Within("into the pipe");
        pipe.CloseWrite();
        Assert.Equal((Bytes, Bytes), (result.BytesWritten, (await drained.Within("out of the pipe")).BytesWritten));
        Pattern.Default.AssertEqual(destination.ReadBytes());
    }

    private static async Task Appended(string directory, TransferMode mode, Call call)
    {
        using PlacedFile file = new(directory, Pattern.Default.Bytes(0, Head));
        using FileStream stream = file.Open(FileAccess.Write, mode: FileMode.Append);
        using SocketPair pair = SocketPair.Connect(Family.Tcp);
        Task<long> writer = Peer.Write(pair.Far, Bytes - Head, start: Head);
        TransferResult result = await Rig.Start(call, pair.Near, stream, new TransferOptions { Mode = mode })
            .Within("from a socket, appending");
        await writer.Within("the writer");
        Assert.Equal(Bytes - Head, result.BytesWritten);
        Pattern.Default.AssertEqual(file.ReadBytes());
    }
}

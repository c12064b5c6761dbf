// Shuts itself into a sandbox that refuses what moves files, then moves files.
using System.Globalization;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Faults;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Files;

internal sealed class FileSandboxChild : IChild
{
    private const int Bytes = 3_000_017;

    public int Run(string[] args)
    {
        if (!File.Exists("/proc/sys/kernel/seccomp/actions_avail"))
        {
            return ChildProcess.Skip("this kernel has no seccomp filters");
        }

        int error = int.Parse(args[0], CultureInfo.InvariantCulture);
        ReadyThreads.Start();
        FdCaches.Empty();
        string[] calls = ["sendfile", "copy_file_range", .. args[1] == "all" ? ["splice"] : (string[])[]];
        Libc.RefuseSystemCalls(error, [.. calls.Select(Libc.NumberOf)]);
        foreach (Call call in Enum.GetValues<Call>())
        {
            foreach (Place place in FileMatrix.Places)
            {
                Copy(call, place, error).GetAwaiter().GetResult();
                Send(call, place, error).GetAwaiter().GetResult();
                Receive(call, place, args[1] == "all" ? error : 0).GetAwaiter().GetResult();
            }
        }

        Require(error).GetAwaiter().GetResult();
        Console.WriteLine("done");
        return 0;
    }

    private static async Task Copy(Call call, Place place, int error)
    {
        using PlacedFile from = PlacedFile.OfPattern(place, Bytes);
        using PlacedFile to = new(place);
        using FileStream source = from.Open(FileAccess.Read);
        using FileStream destination = to.Open();
        AssertCopied(await Rig.Start(call, source, destination).Within("a copy"), error);
        Assert.Equal((Bytes, Bytes), (source.Position, destination.Position));
        Pattern.Default.AssertEqual(to.ReadBytes());
    }

    private static async Task Send(Call call, Place place, int error)
    {
        using PlacedFile from = PlacedFile.OfPattern(place, Bytes);
        using FileStream source = from.Open(FileAccess.Read);
        using SocketPair pair = SocketPair.Tcp();
        Task<Received> reader = Peer.Read(pair.Far);
        AssertCopied(await Rig.Start(call, source, pair.Near).Within("a sending"), error);
        pair.Near.Shutdown(SocketShutdown.Send);
        Assert.Equal(new Received(Bytes, SocketError.Success), await reader.Within("the reader"));
    }

    private static async Task Receive(Call call, Place place, int error)
    {
        using PlacedFile to = new(place);
        using FileStream destination = to.Open();
        using SocketPair pair = SocketPair.Unix();
        Task<long> writer = Peer.Write(pair.Far, Bytes);
        TransferResult result = await Rig.Start(call, pair.Near, destination).Within("a receiving");
        Assert.Equal((Bytes, Bytes), (result.BytesWritten, destination.Position));
        Assert.True(result.FallbackError == error || result.BytesSpliced == 0, $"{result}");
        Pattern.Default.AssertEqual(to.ReadBytes());
        Assert.Equal(Bytes, await writer.Within("the writer"));
    }

    private static async Task Require(int error)
    {
        TransferOptions options = new() { Mode = TransferMode.RequireZeroCopy };
        using PlacedFile from = PlacedFile.OfPattern(Place.Disk, Bytes);
        using PlacedFile to = new(Place.Disk);
        using FileStream source = from.Open(FileAccess.Read);
        using FileStream destination = to.Open();
        using SocketPair pair = SocketPair.Tcp();
        foreach (TransferEndpoint end in (TransferEndpoint[])[destination, pair.Near])
        {
            Exception thrown = await Assert.ThrowsAnyAsync<Exception>(
                () => Rig.Start(Call.Async, source, end, options).Within("zero copy"));
            Assert.True(
                thrown is NotSupportedException || (thrown is TransferException e && e.Error == error), $"{thrown}");
        }

        Assert.Equal((0, 0, 0), (source.Position, destination.Position, pair.Far.Available));
    }

    private static void AssertCopied(TransferResult result, int error)
    {
        Assert.Equal((Bytes, Bytes, TransferEnd.EndOfStream),
            (result.BytesBuffered, result.BytesConsumed, result.EndedBy));
        Assert.Equal(error, result.FallbackError);
    }
}

/// <summary>Sends one file to a socket, for strace to look at.</summary>
internal sealed class TracedChild : IChild
{
    public int Run(string[] args)
    {
        using PlacedFile file = PlacedFile.OfPattern(Place.Disk, 1024);
        using FileStream stream = file.Open(FileAccess.Read);
        using SocketPair pair = SocketPair.Tcp();
        using PlacedFile to = new(Place.Disk);
        using FileStream copy = to.Open();
        TransferResult result = Transfer.Copy(stream, pair.Near);
        stream.Position = 0;
        TransferResult copied = Transfer.Copy(stream, copy);
        Console.WriteLine($"{result.BytesSendfile} {copied.BytesCopyFileRange}");
        return 0;
    }
}

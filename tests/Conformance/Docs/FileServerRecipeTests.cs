// docs/recipes/file-server.md: parts of files go out behind their heads, and bodies come in.
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Readme;
using Xunit;
using Zerocopy.Conformance.Files;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Docs;

public sealed class FileServerRecipeTests
{
    private const int FileBytes = 3_000_017;

    [KernelOnly(Why.Mechanism)]
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(0, FileBytes)]
    [InlineData(0, 1)]
    [InlineData(12_345, 2_000_000)]
    [InlineData(FileBytes - 1, 1)]
    public async Task A_part_of_a_file_follows_its_head(int start, int length)
    {
        using PlacedFile file = PlacedFile.OfPattern(Place.Disk, FileBytes);
        using SafeFileHandle handle = file.OpenHandle(FileAccess.Read);
        using SocketPair pair = SocketPair.Tcp();
        byte[] head = "HTTP/1.1 206 Partial Content\r\n\r\n"u8.ToArray();
        Task<byte[]> reader = Peer.ReadExactly(pair.Far, head.Length + length);

        TransferResult sent =
            await FileServerCode.Send(pair.Near, handle, start, length, head).Within("the transfer");

        byte[] got = await reader.Within("the client");
        Assert.Equal(head, got[..head.Length]);
        Pattern.Default.AssertEqual(got.AsSpan(head.Length), start);
        Assert.Equal((TransferMechanism.Sendfile, length, head.Length),
            (sent.Mechanism, sent.BytesSendfile, sent.BytesBuffered));
        Assert.Equal(0, pair.Far.Available);
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task A_file_that_is_shorter_than_was_promised_is_known()
    {
        using PlacedFile file = PlacedFile.OfPattern(Place.Disk, 1000);
        using SafeFileHandle handle = file.OpenHandle(FileAccess.Read);
        using SocketPair pair = SocketPair.Tcp();
        EndOfStreamException thrown = await Assert.ThrowsAsync<EndOfStreamException>(
            () => FileServerCode.Send(pair.Near, handle, 100, 1000, default).Within("the transfer"));
        Assert.StartsWith("900 of 1000 bytes", thrown.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task Of_nothing_the_head_is_sent()
    {
        using PlacedFile file = PlacedFile.OfPattern(Place.Disk, 1000);
        using SafeFileHandle handle = file.OpenHandle(FileAccess.Read);
        using SocketPair pair = SocketPair.Tcp();
        TransferResult sent =
            await FileServerCode.Send(pair.Near, handle, 0, 0, "head"u8.ToArray()).Within("the transfer");
        Assert.Equal((0, 4, TransferEnd.LimitReached), (sent.BytesConsumed, sent.BytesWritten, sent.EndedBy));
        pair.Near.Shutdown(SocketShutdown.Send);
        Assert.Equal("head"u8.ToArray(), await Peer.ReadAll(pair.Far).Within("the end"));
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(0)]
    [InlineData(700)]
    [InlineData(FileBytes)]
    public async Task A_body_is_stored_and_what_follows_it_stays_in_the_socket(int alreadyRead)
    {
        using PlacedFile stored = new(Place.Disk);
        using SocketPair pair = SocketPair.Tcp();
        Task<long> writer = Peer.Write(pair.Far, FileBytes - alreadyRead + 5, start: alreadyRead, finish: false);
        using (FileStream file = stored.Open(FileAccess.Write))
        {
            await FileServerCode.Receive(
                pair.Near, file, FileBytes, Pattern.Default.Bytes(0, alreadyRead)).Within("the body");
            Assert.Equal(FileBytes, file.Position);
        }

        Assert.Equal(FileBytes - alreadyRead + 5, await writer.Within("the client"));
        byte[] bytes = stored.ReadBytes();
        Assert.Equal(FileBytes, bytes.Length);
        Pattern.Default.AssertEqual(bytes);
        Pattern.Default.AssertEqual(await Peer.ReadExactly(pair.Near, 5).Within("the next request"), FileBytes);
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task A_body_that_ends_too_early_is_known()
    {
        using PlacedFile stored = new(Place.Disk);
        using SocketPair pair = SocketPair.Tcp();
        Assert.Equal(10, await Peer.Write(pair.Far, 10).Within("the client"));
        using FileStream file = stored.Open(FileAccess.Write);
        EndOfStreamException thrown = await Assert.ThrowsAsync<EndOfStreamException>(
            () => FileServerCode.Receive(pair.Near, file, 100, default).Within("the body"));
        Assert.StartsWith("90 of 100 bytes", thrown.Message, StringComparison.Ordinal);
    }
}

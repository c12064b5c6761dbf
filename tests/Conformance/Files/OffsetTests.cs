// A handle with an offset is a section of a file: bounded reads, writes in place, the kernel's position as it was.
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Files;

public sealed class OffsetTests
{
    private static readonly byte[] s_text = "some text, and 1234567890 more"u8.ToArray();

    /// <summary>Where the section begins, how long it is at most, and how much of it there is.</summary>
    public static TheoryData<long, long?, int> Sections
    {
        get
        {
            int length = s_text.Length;
            return new TheoryData<long, long?, int>
            {
                { 0, length, length },
                { 0, null, length },
                { 0, length + 2, length },
                { length, 1, 0 },
                { length, null, 0 },
                { length + 100, 10, 0 },
                { 3, length, length - 3 },
                { 3, length / 2, length / 2 },
                { 5, (length / 2) - 2, (length / 2) - 2 },
                { length - 1, 1, 1 },
                { 7, 0, 0 },
                { 1, long.MaxValue, length - 1 },
                { long.MaxValue, null, 0 },
                { long.MaxValue - 5, 10, 0 },
            };
        }
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Sections))]
    [Cases("IO-25..IO-28")]
    public async Task A_section_of_a_file(long offset, long? limit, int there)
    {
        foreach (Place place in FileMatrix.Places)
        {
            using PlacedFile file = new(place, s_text);
            using SafeFileHandle handle = file.OpenHandle(FileAccess.Read);
            HandleState.Seek(handle, 2);
            foreach (TransferMode mode in (TransferMode[])[TransferMode.Auto, TransferMode.CopyOnly])
            {
                foreach (Call call in Enum.GetValues<Call>())
                {
                    using MemoryStream copy = new();
                    using SocketPair pair = SocketPair.Unix();
                    TransferOptions options = new() { Mode = mode, LimitBytes = limit };
                    TransferEndpoint section = TransferEndpoint.FromHandle(handle, offset);
                    TransferResult result = await Rig.Start(call, section, copy, options).Within("to a stream");
                    Judge(result, limit, there);
                    int start = (int)Math.Min(offset, s_text.Length);
                    Assert.Equal(s_text[start..(start + there)], copy.ToArray());
                    result = await Rig.Start(call, section, pair.Near, options).Within("to a socket");
                    Judge(result, limit, there);
                    byte[] got = await Peer.ReadExactly(pair.Far, there).Within("the reader");
                    Assert.Equal(copy.ToArray(), got);
                }
            }

            Assert.Equal(2, HandleState.PositionOf(handle));
        }
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(FileMatrix.PlacesModesCalls), MemberType = typeof(FileMatrix))]
    [Cases("IO-29..IO-32")]
    public async Task Sixteen_writers_at_offsets_of_their_own(Place place, TransferMode mode, Call call)
    {
        using PlacedFile file = new(place);
        using SafeFileHandle handle = file.OpenHandle();
        HandleState.Seek(handle, 5);
        foreach (int start in (int[])[0, 1])
        {
            RandomAccess.SetLength(handle, 0);
            await Task.WhenAll(Enumerable.Range(0, 16).Select(async at =>
            {
                using SocketPair pair = SocketPair.Unix();
                pair.Far.Send([(byte)('a' + at)]);
                TransferOptions options = new() { Mode = mode, LimitBytes = 1 };
                TransferResult result = await Rig.Start(
                    call, pair.Near, TransferEndpoint.FromHandle(handle, start + at), options).Within("a writer");
                FileAssert.Moved(result, 1, TransferMechanism.SpliceThroughPipe, mode);
            }));
            byte[] all = file.ReadBytes();
            Assert.Equal(16 + start, all.Length);
            Assert.Equal("abcdefghijklmnop"u8, all.AsSpan(start));
        }

        Assert.Equal(5, HandleState.PositionOf(handle));
    }

    // Several readers of one handle do not disturb each other either.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(FileMatrix.PlacesModesCalls), MemberType = typeof(FileMatrix))]
    [Cases("IO-25..IO-28")]
    public async Task Readers_at_offsets_of_their_own(Place place, TransferMode mode, Call call)
    {
        const int Bytes = 1_000_000;
        using PlacedFile file = PlacedFile.OfPattern(place, Bytes);
        using SafeFileHandle handle = file.OpenHandle(FileAccess.Read);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
        {
            int start = i * 100_000;
            using SocketPair pair = SocketPair.Tcp();
            Task<Received> reader = Peer.Read(pair.Far, start: start);
            TransferOptions options = new() { Mode = mode, LimitBytes = 200_000 };
            TransferResult result = await Rig.Start(
                call, TransferEndpoint.FromHandle(handle, start), pair.Near, options).Within("a reader");
            FileAssert.Moved(result, 200_000, TransferMechanism.Sendfile, mode);
            pair.Near.Shutdown(SocketShutdown.Send);
            Assert.Equal(200_000, (await reader.Within("its reader")).Count);
        }));
        Assert.Equal(0, HandleState.PositionOf(handle));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(FileMatrix.Calls), MemberType = typeof(FileMatrix))]
    [Cases("IO-29..IO-32")]
    public async Task What_has_no_offsets_is_refused(Call call)
    {
        using SocketPair pair = SocketPair.Tcp();
        pair.Far.Shutdown(SocketShutdown.Send);
        using ForeignPipe pipe = ForeignPipe.Open(PipeForm.Blocking);
        using PlacedFile file = new(Place.Disk, "as it was"u8);
        using SafeFileHandle handle = file.OpenHandle();
        using SafeFileHandle device = File.OpenHandle("/dev/null", access: FileAccess.ReadWrite);
        Assert.Equal("offset", Assert.Throws<ArgumentOutOfRangeException>(
            () => TransferEndpoint.FromHandle(handle, -1)).ParamName);
        SafeHandle[] others = [device, pair.Near.SafeHandle, (SafeHandle)pipe.WriteEnd.Value!];
        foreach (SafeHandle other in others)
        {
            Assert.Equal("destination", (await Assert.ThrowsAsync<ArgumentException>(() => Rig.Start(
                call, handle, TransferEndpoint.FromHandle(other, 0)).Within("as destination"))).ParamName);
        }

        others[2] = (SafeHandle)pipe.ReadEnd.Value!;
        foreach (SafeHandle other in others)
        {
            Assert.Equal("source", (await Assert.ThrowsAsync<ArgumentException>(() => Rig.Start(
                call, TransferEndpoint.FromHandle(other, 3), handle).Within("as source"))).ParamName);
        }

        Assert.Equal("as it was"u8.ToArray(), file.ReadBytes());
    }

    // What would reach beyond the largest file is an error of the destination, and nothing is lost.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(FileMatrix.PlacesCalls), MemberType = typeof(FileMatrix))]
    [Cases("IO-29..IO-32")]
    public async Task Beyond_the_largest_offset(Place place, Call call)
    {
        using PlacedFile file = new(place, "as it was"u8);
        using SafeFileHandle handle = file.OpenHandle();
        using SocketPair pair = SocketPair.Tcp();
        pair.Far.Send("hello"u8);
        pair.Far.Shutdown(SocketShutdown.Send);
        TransferException thrown = await Assert.ThrowsAsync<TransferException>(() => Rig.Start(
            call, pair.Near, TransferEndpoint.FromHandle(handle, long.MaxValue - 2),
            new TransferOptions { KeepUndelivered = true }).Within("the transfer"));
        Assert.Equal((TransferSide.Destination, 0L), (thrown.Side, thrown.Progress.BytesWritten));
        Assert.Equal("hello"u8.ToArray(), thrown.Undelivered.ToArray());
        Assert.Equal("as it was"u8.ToArray(), file.ReadBytes());
    }

    private static void Judge(TransferResult result, long? limit, int there)
    {
        Assert.Equal((there, there), (result.BytesConsumed, result.BytesWritten));
        FileAssert.Ended(result, there, limit);
    }
}

// A file into itself: what is there is copied once, and not the copy again.
using Microsoft.Win32.SafeHandles;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Files;

[Cases("GO-67")]
public sealed class SelfCopyTests
{
    public static TheoryData<Place, TransferMode, Call> Rows { get; } =
        new MatrixTheoryData<Place, TransferMode, Call>(
            FileMatrix.Places, [TransferMode.Auto, TransferMode.CopyOnly], Enum.GetValues<Call>());

    // One stream has one position: what is read from it is written behind.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    public async Task By_one_stream(Place place, TransferMode mode, Call call)
    {
        using PlacedFile file = new(place, "hello world!"u8);
        using FileStream stream = file.Open();
        TransferResult result = await Rig.Start(call, stream, stream, new TransferOptions { Mode = mode })
            .Within("the transfer");
        FileAssert.Moved(result, 12, TransferRoute.ReadWrite, mode);
        Assert.Equal((24, 24), (stream.Position, stream.Length));
        stream.Flush();
        Assert.Equal("hello world!hello world!"u8.ToArray(), file.ReadBytes());
    }

    // Two descriptors have two positions, and the file grows while it is read.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(FileMatrix.PlacesModesCalls), MemberType = typeof(FileMatrix))]
    public async Task By_two_streams_to_its_end(Place place, TransferMode mode, Call call)
    {
        foreach (int bytes in (int[])[12, 65536, 1_000_001])
        {
            using PlacedFile file = PlacedFile.OfPattern(place, bytes);
            using FileStream source = file.Open();
            using FileStream destination = file.Open();
            destination.Position = bytes;
            TransferResult result = await Rig.Start(call, source, destination, new TransferOptions { Mode = mode })
                .Within("the transfer");
            FileAssert.Moved(result, bytes, TransferRoute.CopyFileRange, mode);
            Assert.Equal(TransferEnd.EndOfStream, result.EndedBy);
            Assert.Equal((bytes, 2 * bytes), (source.Position, destination.Position));
            byte[] all = file.ReadBytes();
            Assert.Equal(2 * bytes, all.Length);
            Pattern.Default.AssertEqual(all.AsSpan(0, bytes));
            Pattern.Default.AssertEqual(all.AsSpan(bytes));
        }
    }

    // The shell's cat x >> x.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    public async Task Appended_to_itself(Place place, TransferMode mode, Call call)
    {
        const int Bytes = 300_000;
        using PlacedFile file = PlacedFile.OfPattern(place, Bytes);
        using SafeFileHandle source = file.OpenHandle(FileAccess.Read);
        using SafeFileHandle destination = file.OpenHandle();
        HandleState.SetFlags(destination, HandleState.FlagsOf(destination) | Zerocopy.Sys.StatusFlags.Append);
        TransferResult result = await Rig.Start(call, source, destination, new TransferOptions { Mode = mode })
            .Within("the transfer");
        FileAssert.Moved(result, Bytes, TransferRoute.ReadWrite, mode);
        byte[] all = file.ReadBytes();
        Assert.Equal(2 * Bytes, all.Length);
        Pattern.Default.AssertEqual(all.AsSpan(0, Bytes));
        Pattern.Default.AssertEqual(all.AsSpan(Bytes));
    }

    // Ranges that overlap are refused by the kernel and copied here. It must end, and stay within the file's size.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    public async Task Over_its_own_beginning(Place place, TransferMode mode, Call call)
    {
        const int Bytes = 300_000;
        using PlacedFile file = PlacedFile.OfPattern(place, Bytes);
        using SafeFileHandle handle = file.OpenHandle();
        TransferResult result = await Rig.Start(
            call, TransferEndpoint.FromHandle(handle, 1000), TransferEndpoint.FromHandle(handle, 0),
            new TransferOptions { Mode = mode }).Within("the transfer");
        Assert.Equal((Bytes - 1000, Bytes - 1000), (result.BytesConsumed, result.BytesWritten));
        byte[] all = file.ReadBytes();
        Assert.Equal(Bytes, all.Length);
        Pattern.Default.AssertEqual(all.AsSpan(0, Bytes - 1000), 1000);
        Pattern.Default.AssertEqual(all.AsSpan(Bytes - 1000), Bytes - 1000);
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    public async Task Onto_itself_at_the_same_place(Place place, TransferMode mode, Call call)
    {
        const int Bytes = 300_000;
        using PlacedFile file = PlacedFile.OfPattern(place, Bytes);
        using SafeFileHandle handle = file.OpenHandle();
        TransferResult result = await Rig.Start(call, handle, handle, new TransferOptions { Mode = mode })
            .Within("the transfer");
        Assert.Equal((Bytes, Bytes), (result.BytesConsumed, result.BytesWritten));
        byte[] all = file.ReadBytes();
        Assert.Equal(Bytes, all.Length);
        Pattern.Default.AssertEqual(all);
    }
}

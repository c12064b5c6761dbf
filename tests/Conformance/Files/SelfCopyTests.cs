// A file into itself: what is there is copied once, and not the copy again.
using System.Diagnostics;
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
        FileAssert.Moved(result, 12, TransferMechanism.ReadWrite, mode);
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
            FileAssert.Moved(result, bytes, TransferMechanism.CopyFileRange, mode);
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
        FileAssert.Moved(result, Bytes, TransferMechanism.ReadWrite, mode);
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

    // Bytes would be overwritten before they are read: refused, by whatever handles, names and streams.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    [Cases("F-58")]
    public async Task Ahead_of_itself_is_refused(Place place, TransferMode mode, Call call)
    {
        const int Bytes = 300_000;
        using PlacedFile file = PlacedFile.OfPattern(place, Bytes);
        string link = file.Path + ".link";
        using (Process make = Process.Start("ln", [file.Path, link]))
        {
            await make.WaitForExitAsync();
            Assert.Equal(0, make.ExitCode);
        }

        using SafeFileHandle handle = file.OpenHandle();
        using SafeFileHandle other = File.OpenHandle(link, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        using FileStream stream = file.Open();
        stream.Position = 100;
        TransferOptions options = new() { Mode = mode };
        foreach (TransferEndpoint to in (TransferEndpoint[])
            [TransferEndpoint.FromHandle(handle, 100), TransferEndpoint.FromHandle(other, Bytes - 1), stream])
        {
            ArgumentException refused = await Assert.ThrowsAsync<ArgumentException>(
                () => Rig.Start(call, TransferEndpoint.FromHandle(handle, 0), to, options).Within("the refusal"));
            Assert.Equal("destination", refused.ParamName);
        }

        // A prefix pushes what follows it ahead, too.
        await Assert.ThrowsAsync<ArgumentException>(() => Rig.Start(
            call, TransferEndpoint.FromHandle(handle, 50), TransferEndpoint.FromHandle(other, 0),
            options with { Prefix = new byte[51] }).Within("the refusal"));
        Pattern.Default.AssertEqual(file.ReadBytes());
        File.Delete(link);
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    [Cases("F-58")]
    public async Task Behind_what_the_limit_lets_it_read(Place place, TransferMode mode, Call call)
    {
        const int Bytes = 300_000, Half = 150_000;
        using PlacedFile file = PlacedFile.OfPattern(place, Bytes);
        using SafeFileHandle handle = file.OpenHandle();
        TransferOptions options = new() { Mode = mode, LimitBytes = Half };
        TransferResult result = await Rig.Start(
            call, TransferEndpoint.FromHandle(handle, 0), TransferEndpoint.FromHandle(handle, Half), options)
            .Within("the transfer");
        Assert.Equal((Half, TransferEnd.LimitReached), (result.BytesWritten, result.EndedBy));
        byte[] all = file.ReadBytes();
        Assert.Equal(Bytes, all.Length);
        Pattern.Default.AssertEqual(all.AsSpan(0, Half));
        Pattern.Default.AssertEqual(all.AsSpan(Half));
    }

    // One stream that is longer than a block: what is read is written behind, not over what is not read yet.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    [Cases("F-58")]
    public async Task By_one_long_stream(Place place, TransferMode mode, Call call)
    {
        const int Bytes = 300_000;
        using PlacedFile file = PlacedFile.OfPattern(place, Bytes);
        using FileStream stream = file.Open();
        TransferResult result = await Rig.Start(call, stream, stream, new TransferOptions { Mode = mode })
            .Within("the transfer");
        Assert.Equal((Bytes, 2 * Bytes), (result.BytesWritten, stream.Position));
        byte[] all = file.ReadBytes();
        Assert.Equal(2 * Bytes, all.Length);
        Pattern.Default.AssertEqual(all.AsSpan(0, Bytes));
        Pattern.Default.AssertEqual(all.AsSpan(Bytes));
    }

    // A mirror into the file that is read would feed itself.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    [Cases("F-58")]
    public async Task A_mirror_into_an_end_of_the_transfer_is_refused(Place place, TransferMode mode, Call call)
    {
        using PlacedFile file = PlacedFile.OfPattern(place, 1000);
        using PlacedFile to = new(place);
        using FileStream source = file.Open();
        using FileStream destination = to.Open();
        foreach (PlacedFile end in (PlacedFile[])[file, to])
        {
            using SafeFileHandle mirror = end.OpenHandle();
            ArgumentException refused = await Assert.ThrowsAsync<ArgumentException>(() => Rig.Start(
                call, source, destination, new TransferOptions { Mode = mode, Mirror = mirror }).Within("the refusal"));
            Assert.Equal("Mirror", refused.ParamName);
        }

        Assert.Equal((1000, 0), (source.Length, destination.Length));
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

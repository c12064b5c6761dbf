// From a file to a pipe: copied, unless the caller allows that the pipe refers to the file's pages.
using Microsoft.Win32.SafeHandles;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Files;

public sealed class SharedPagesTests
{
    private const int Bytes = 50_000; // Fits into a pipe.

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(FileMatrix.PlacesCalls), MemberType = typeof(FileMatrix))]
    public async Task Later_writes_to_the_file_do_not_show(Place place, Call call)
    {
        foreach (TransferMode mode in (TransferMode[])[TransferMode.Auto, TransferMode.CopyOnly])
        {
            using PlacedFile file = PlacedFile.OfPattern(place, Bytes);
            using FileStream stream = file.Open();
            using Pipe pipe = Pipe.Create();
            using ForeignPipe foreign = ForeignPipe.Open(PipeForm.Blocking);
            TransferOptions options = new() { Mode = mode };
            FileAssert.Moved(
                await Rig.Start(call, stream, pipe, options).Within("ours"), Bytes, TransferMechanism.ReadWrite, mode);
            stream.Position = 0;
            FileAssert.Moved(
                await Rig.Start(call, stream, foreign.WriteEnd, options).Within("theirs"),
                Bytes, TransferMechanism.ReadWrite, mode);
            Overwrite(stream);
            pipe.CloseWrite();
            foreign.CloseWrite();
            Assert.Equal(Bytes, await Pipes.PipePeer.Read(pipe).Within("the reader of ours"));
            Assert.Equal(Bytes, await foreign.Drain().Within("the reader of theirs"));
        }
    }

    [KernelOnly(Why.Mechanism)]
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(FileMatrix.PlacesCalls), MemberType = typeof(FileMatrix))]
    public async Task They_do_if_pages_are_shared(Place place, Call call)
    {
        foreach (TransferMode mode in (TransferMode[])[TransferMode.Auto, TransferMode.RequireZeroCopy])
        {
            using PlacedFile file = PlacedFile.OfPattern(place, Bytes);
            using FileStream stream = file.Open();
            using Pipe pipe = Pipe.Create(1 << 20);
            TransferOptions options = new() { Mode = mode, ShareFilePages = true };
            FileAssert.Moved(
                await Rig.Start(call, stream, pipe, options).Within("ours"), Bytes, TransferMechanism.Splice, mode);
            Assert.Equal(Bytes, stream.Position);
            Overwrite(stream);
            pipe.CloseWrite();
            byte[] got = await Pipes.PipePeer.ReadExactly(pipe, Bytes).Within("the reader");
            Assert.Equal(-1, got.AsSpan().IndexOfAnyExcept((byte)'!')); // They are the same pages.
        }
    }

    // The bytes are the same as long as nobody changes the file, in any amount, with any limit.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(FileMatrix.PlacesModesCalls), MemberType = typeof(FileMatrix))]
    public async Task Shared_pages_are_the_same_bytes(Place place, TransferMode mode, Call call)
    {
        const int Total = 3_000_001;
        using PlacedFile file = PlacedFile.OfPattern(place, Total);
        using FileStream stream = file.Open(FileAccess.Read);
        stream.Position = 4097;
        foreach (PipeForm form in (PipeForm[])[PipeForm.Blocking, PipeForm.NonBlocking, PipeForm.Streams])
        {
            using ForeignPipe pipe = ForeignPipe.Open(form);
            Task<long> reader = pipe.Drain(stream.Position);
            TransferOptions options = new() { Mode = mode, ShareFilePages = true, LimitBytes = 900_000 };
            TransferResult result = await Rig.Start(call, stream, pipe.WriteEnd, options).Within("the transfer");
            FileAssert.Moved(result, 900_000, TransferMechanism.Splice, mode);
            pipe.CloseWrite();
            Assert.Equal(900_000, await reader.Within("the reader"));
        }

        Assert.Equal(4097 + 2_700_000, stream.Position);
    }

    [KernelOnly(Why.Mechanism)]
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(FileMatrix.PlacesCalls), MemberType = typeof(FileMatrix))]
    public async Task Zero_copy_needs_the_permission(Place place, Call call)
    {
        using PlacedFile file = PlacedFile.OfPattern(place, Bytes);
        using SafeFileHandle handle = file.OpenHandle();
        using Pipe pipe = Pipe.Create();
        NotSupportedException thrown = await Assert.ThrowsAsync<NotSupportedException>(() => Rig.Start(
            call, handle, pipe, new TransferOptions { Mode = TransferMode.RequireZeroCopy }).Within("the refusal"));
        Assert.Contains("ShareFilePages", thrown.Message, StringComparison.Ordinal);
        Assert.Equal((0, 0L), (pipe.Available, HandleState.PositionOf(handle)));
    }

    private static void Overwrite(FileStream stream)
    {
        byte[] other = new byte[Bytes];
        Array.Fill(other, (byte)'!');
        stream.Position = 0;
        stream.Write(other);
        stream.Flush();
    }
}

// What can never be moved is refused by name, before a byte has moved.
using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Files;

[SuppressMessage("Reliability", "CA2000", Justification = "Invalid handles own nothing.")]
public sealed class ArgumentTests
{
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(FileMatrix.Calls), MemberType = typeof(FileMatrix))]
    [Cases("GO-71")]
    public async Task Null(Call call)
    {
        using PlacedFile file = new(Place.Disk, "as it was"u8);
        using FileStream stream = file.Open();
        TransferEndpoint[] nothing =
        [
            (FileStream?)null, (SafeFileHandle?)null, (Stream?)null, (Pipe?)null, default,
            TransferEndpoint.FromHandle(null, 7),
        ];
        foreach (TransferEndpoint end in nothing)
        {
            await Refused<ArgumentNullException>("source", call, end, stream);
            await Refused<ArgumentNullException>("destination", call, stream, end);
            await Refused<ArgumentNullException>("source", call, end, end);
        }

        Assert.Equal((0, "as it was"), (stream.Position, System.Text.Encoding.ASCII.GetString(file.ReadBytes())));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(FileMatrix.Calls), MemberType = typeof(FileMatrix))]
    [Cases("GO-71")]
    public async Task Invalid_and_closed_handles(Call call)
    {
        using PlacedFile file = new(Place.Disk);
        using FileStream stream = file.Open();
        SafeFileHandle invalid = new(-1, ownsHandle: false);
        await Refused<ArgumentException>("source", call, invalid, stream);
        await Refused<ArgumentException>("destination", call, stream, invalid);
        SafeFileHandle closed = file.OpenHandle();
        closed.Dispose();
        await Refused<ObjectDisposedException>(null, call, closed, stream);
        await Refused<ObjectDisposedException>(null, call, stream, closed);
        FileStream closedStream = file.Open();
        closedStream.Dispose();
        await Refused<ObjectDisposedException>(null, call, closedStream, stream);
        await Refused<ObjectDisposedException>(null, call, stream, closedStream);

        // A number that is nobody's: the kernel says so, and nothing hangs.
        SafeFileHandle nobody = new(987_654, ownsHandle: false);
        await Assert.ThrowsAnyAsync<IOException>(() => Rig.Start(call, nobody, stream).Within("nobody's number"));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(FileMatrix.PlacesModesCalls), MemberType = typeof(FileMatrix))]
    public async Task Files_that_are_open_for_the_other_thing(Place place, TransferMode mode, Call call)
    {
        using PlacedFile file = new(place, "as it was"u8);
        using FileStream both = file.Open();
        using FileStream readStream = file.Open(FileAccess.Read);
        using FileStream writeStream = file.Open(FileAccess.Write);
        using SafeFileHandle readHandle = file.OpenHandle(FileAccess.Read);
        using SafeFileHandle writeHandle = file.OpenHandle(FileAccess.Write);
        using SocketPair pair = SocketPair.Tcp();
        pair.Far.Send("stays"u8);
        TransferOptions options = new() { Mode = mode };
        foreach (TransferEndpoint readOnly in (TransferEndpoint[])[readStream, readHandle])
        {
            await Refused<ArgumentException>("destination", call, pair.Near, readOnly, options);
        }

        foreach (TransferEndpoint writeOnly in (TransferEndpoint[])[writeStream, writeHandle])
        {
            await Refused<ArgumentException>("source", call, writeOnly, pair.Near, options);
        }

        Assert.Equal("stays"u8.ToArray(), await Peer.ReadExactly(pair.Near, 5).Within("what stays"));
        Assert.Equal("as it was"u8.ToArray(), file.ReadBytes());
        Assert.Equal(0, pair.Far.Available);
    }

    // The wrong end of a pipe.
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(PipeForm.Streams)]
    [InlineData(PipeForm.Blocking)]
    [InlineData(PipeForm.Fifo)]
    public async Task The_wrong_end_of_a_pipe(PipeForm form)
    {
        using ForeignPipe pipe = ForeignPipe.Open(form);
        await Refused<ArgumentException>("source", Call.Async, pipe.WriteEnd, Stream.Null);
        await Refused<ArgumentException>("destination", Call.Async, Stream.Null, pipe.ReadEnd);
    }

    private static async Task Refused<T>(
        string? parameter, Call call, TransferEndpoint from, TransferEndpoint to, TransferOptions? options = null)
        where T : Exception
    {
        T thrown = await Assert.ThrowsAnyAsync<T>(() => Rig.Start(call, from, to, options).Within("the refusal"));
        if (parameter is not null)
        {
            Assert.Equal(parameter, ((ArgumentException)(Exception)thrown).ParamName);
        }
    }
}

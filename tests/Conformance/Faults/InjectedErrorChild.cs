// Moves bytes by every route while its calls fail now and then. Whatever is thrown tells how to go on, and it goes on.
using System.Globalization;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Files;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Faults;

internal sealed class InjectedErrorChild : IChild
{
    private const int Bytes = 3_000_017;
    private const int AttemptsMax = 500;

    private int _error;
    private int _failures;
    private int _fallbacks;

    public int Run(string[] args)
    {
        _error = int.Parse(args[0], CultureInfo.InvariantCulture);
        foreach (Call call in Enum.GetValues<Call>())
        {
            foreach (TransferMode mode in (TransferMode[])[TransferMode.Auto, TransferMode.RequireZeroCopy])
            {
                Sockets(call, mode).GetAwaiter().GetResult();
            }

            Sendfile(call).GetAwaiter().GetResult();
            Receive(call).GetAwaiter().GetResult();
            Copy(call).GetAwaiter().GetResult();
            Mirrored(call).GetAwaiter().GetResult();
        }

        RelayOn().GetAwaiter().GetResult();
        bool isNoticed = (Errno)_error != Errno.EINTR; // That one is not even noticed.
        Assert.Equal(isNoticed, _failures + _fallbacks > 0);
        Console.WriteLine($"done: {_failures} failures, {_fallbacks} fallbacks");
        return 0;
    }

    private async Task Sockets(Call call, TransferMode mode)
    {
        using Rig rig = new(Family.Tcp, Family.Unix, bufferBytes: 64 * 1024);
        Task<long> writer = Peer.Write(rig.Writer, Bytes);
        Task<Received> reader = Peer.Read(rig.Reader);
        await MoveAll(options => rig.Start(call, options), mode);
        rig.Destination.Shutdown(SocketShutdown.Send);
        await Peer.AssertAll(Bytes, writer, reader);
    }

    private async Task Sendfile(Call call)
    {
        using PlacedFile from = PlacedFile.OfPattern(Place.Disk, Bytes);
        using FileStream source = from.Open(FileAccess.Read);
        using SocketPair pair = SocketPair.Connect(Family.Tcp, bufferBytes: 64 * 1024);
        Task<Received> reader = Peer.Read(pair.Far);
        await MoveAll(options => Rig.Start(call, source, pair.Near, options), TransferMode.Auto);
        pair.Near.Shutdown(SocketShutdown.Send);
        Assert.Equal(new Received(Bytes, SocketError.Success), await reader.Within("the reader"));
        Assert.Equal(Bytes, source.Position);
    }

    private async Task Receive(Call call)
    {
        using PlacedFile to = new(Place.Memory);
        using FileStream destination = to.Open();
        using SocketPair pair = SocketPair.Tcp();
        Task<long> writer = Peer.Write(pair.Far, Bytes);
        await MoveAll(options => Rig.Start(call, pair.Near, destination, options), TransferMode.Auto);
        Assert.Equal(Bytes, await writer.Within("the writer"));
        Assert.Equal(Bytes, destination.Position);
        Pattern.Default.AssertEqual(to.ReadBytes());
    }

    // In pieces: one call may copy a file whole.
    private async Task Copy(Call call)
    {
        using PlacedFile from = PlacedFile.OfPattern(Place.Disk, Bytes);
        using PlacedFile to = new(Place.Disk);
        using FileStream source = from.Open(FileAccess.Read);
        using FileStream destination = to.Open();
        for (int done = 0; done < Bytes; done += Bytes / 7)
        {
            await MoveAll(
                options => Rig.Start(call, source, destination, options), TransferMode.Auto,
                Math.Min(Bytes / 7, Bytes - done));
        }

        Assert.Equal((Bytes, Bytes), (source.Position, destination.Position));
        Assert.Equal(Bytes, to.ReadBytes().Length);
        Pattern.Default.AssertEqual(to.ReadBytes());
    }

    /// <summary>A copy that fails is cut off and costs the main stream nothing.</summary>
    private async Task Mirrored(Call call)
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        using Pipe mirror = Pipe.Create();
        Task<long> writer = Peer.Write(rig.Writer, Bytes);
        Task<Received> reader = Peer.Read(rig.Reader);
        Task<long> mirrored = Deadline.OnThread(() => ReadMirror(mirror));
        TransferResult result;
        long cut = 0;
        try
        {
            result = await rig.Start(call, new TransferOptions { Mirror = mirror, KeepUndelivered = true })
                .Within("a mirrored transfer");
        }
        catch (TransferException e)
        {
            Assert.Equal(_error, e.Error);
            _failures++;
            result = e.Progress;
            cut = e.Undelivered.Length;
            rig.Destination.Send(e.Undelivered.Span);
            await MoveAll(options => rig.Start(call, options), TransferMode.Auto, Bytes - result.BytesConsumed);
        }

        _fallbacks += result.FallbackError != 0 ? 1 : 0;
        Assert.Equal(result.BytesConsumed, result.BytesWritten + cut);
        rig.Destination.Shutdown(SocketShutdown.Send);
        await Peer.AssertAll(Bytes, writer, reader);
        mirror.CloseWrite();
        Assert.Equal(await mirrored.Within("the mirror"), result.Mirror!.BytesMirrored);
    }

    private static long ReadMirror(Pipe mirror)
    {
        byte[] buffer = new byte[65536];
        long done = 0;
        try
        {
            for (int count; (count = mirror.Read(buffer)) > 0; done += count)
            {
                Pattern.Default.AssertEqual(buffer.AsSpan(0, count), done);
            }
        }
        catch (IOException)
        {
            // Cut off, and said so.
        }

        return done;
    }

    private async Task RelayOn()
    {
        using Rig rig = new(Family.Tcp, Family.Unix);
        Task<Received> rightReader = Peer.Read(rig.Reader);
        Task<Received> leftReader = Peer.Read(rig.Writer, pattern: Pattern.Other);
        Task<long> leftWriter = Peer.Write(rig.Writer, Bytes);
        Task<long> rightWriter = Peer.Write(rig.Reader, Bytes, pattern: Pattern.Other);
        RelayResult result = await Relay.RunAsync(rig.Source, rig.Destination).Within("the relay");
        bool isWhole = result.EndedBy == RelayEnd.EndOfStream;
        if (!isWhole)
        {
            Assert.Contains(result.EndedBy, (RelayEnd[])[RelayEnd.LeftFailed, RelayEnd.RightFailed]);
            Assert.Equal(_error, result.Error);
            _failures++;
            rig.Source.Shutdown(SocketShutdown.Both);
            rig.Destination.Shutdown(SocketShutdown.Both);
        }

        await Task.WhenAll(leftWriter, rightWriter).Within("the writers");
        Assert.Equal(result.LeftToRight.BytesWritten, (await rightReader.Within("the right reader")).Count);
        Assert.Equal(result.RightToLeft.BytesWritten, (await leftReader.Within("the left reader")).Count);
        Assert.True(!isWhole || result.LeftToRight.BytesWritten + result.RightToLeft.BytesWritten == 2 * Bytes);
    }

    /// <summary>Moves so many bytes, however often that is interrupted by an error.</summary>
    private async Task MoveAll(
        Func<TransferOptions, Task<TransferResult>> start, TransferMode mode, long bytes = Bytes)
    {
        ReadOnlyMemory<byte> undelivered = default;
        long taken = 0;
        long written = 0;
        for (int i = 0; written < bytes; i++)
        {
            Assert.True(i < AttemptsMax, $"{written} of {bytes} bytes after {i} attempts");
            TransferOptions options = new()
            {
                Mode = mode,
                Prefix = undelivered,
                KeepUndelivered = true,
                LimitBytes = bytes - taken,
            };
            TransferResult result;
            try
            {
                result = await start(options).Within("a transfer");
                undelivered = default;
            }
            catch (NotSupportedException e) when (mode == TransferMode.RequireZeroCopy)
            {
                // Asked before, the kernel refused: nothing has moved.
                Assert.Contains(((Errno)_error).ToString(), e.Message, StringComparison.Ordinal);
                continue;
            }
            catch (TransferException e)
            {
                Assert.Equal(_error, e.Error);
                Assert.Contains(((Errno)_error).ToString(), e.Message, StringComparison.Ordinal);
                _failures++;
                result = e.Progress;
                undelivered = e.Undelivered;
            }

            _fallbacks += result.FallbackError != 0 ? 1 : 0;
            taken += result.BytesConsumed;
            written += result.BytesWritten;
            Assert.Equal(taken, written + undelivered.Length);
        }
    }
}

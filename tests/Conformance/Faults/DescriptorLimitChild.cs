// Opens all it needs, takes the rest of its descriptors away, then transfers.
using System.Net;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Faults;

internal sealed class DescriptorLimitChild : IChild
{
    private const int Bytes = 3_000_017;

    public int Run(string[] args)
    {
        if (args[0] != "first loop")
        {
            ReadyThreads.Start();
        }

        (args[0] switch
        {
            "relay" => RelayOn(),
            "transfers" => Transfers(),
            "require" => Require(),
            "dial" => Dial(),
            "wake" => Wake(),
            "mirrors" => Mirrors(),
            _ => FirstLoop(),
        }).GetAwaiter().GetResult();
        Console.WriteLine("done");
        return 0;
    }

    /// <summary>From here on no descriptor can be made. What is open stays.</summary>
    private static long TakeAll()
    {
        FdCaches.Empty();
        return Libc.OpenFilesLimit(3);
    }

    /// <summary>From here on one pipe can be made and nothing else.</summary>
    private static long LeaveOnePipe()
    {
        FdCaches.Empty();
        Assert.False(Syscall.Pipe2(out int readEnd, out int writeEnd, PipeFlags.CloseOnExec).IsError);
        long before = Libc.OpenFilesLimit(Math.Max(readEnd, writeEnd) + 1); // The lowest numbers that were free.
        _ = Syscall.Close(readEnd);
        _ = Syscall.Close(writeEnd);
        return before;
    }

    private static async Task RelayOn()
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        Task<RelayResult> relay = Relay.RunAsync(rig.Source, rig.Destination).AsTask();
        rig.Writer.Send(Pattern.Default.Slice(0, 100).Span);
        Pattern.Default.AssertEqual(await Peer.ReadExactly(rig.Reader, 100).Within("the first bytes"));
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<Received> rightReader = Peer.Read(rig.Reader, start: 100);
        Task<Received> leftReader = Peer.Read(rig.Writer, pattern: Pattern.Other);
        Task<long> leftWriter = await ReadyThreads.Writer(rig.Writer, Bytes - 100, gate.Task, start: 100);
        Task<long> rightWriter = await ReadyThreads.Writer(rig.Reader, Bytes, gate.Task, pattern: Pattern.Other);
        long before = TakeAll();
        gate.SetResult();
        await Task.WhenAll(leftWriter, rightWriter, leftReader, rightReader, relay).Within("all");
        _ = Libc.OpenFilesLimit(before); // What follows may load an assembly.
        RelayResult result = await relay;
        await Peer.AssertAll(Bytes - 100, leftWriter, rightReader);
        await Peer.AssertAll(Bytes, rightWriter, leftReader);
        Assert.Equal(RelayEnd.EndOfStream, result.EndedBy);
        AssertCopied(result.LeftToRight);
        AssertCopied(result.RightToLeft);
    }

    private static async Task Transfers()
    {
        foreach (Call call in Enum.GetValues<Call>())
        {
            using Rig rig = new(Family.Unix, Family.Tcp);
            TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
            Task<Received> reader = Peer.Read(rig.Reader);
            Task<long> writer = await ReadyThreads.Writer(rig.Writer, Bytes, gate.Task);
            long before = TakeAll();
            gate.SetResult();
            TransferResult result = call == Call.Sync
                ? Transfer.Copy(rig.Source, rig.Destination) : await rig.Start(call).Within("the transfer");
            rig.Destination.Shutdown(SocketShutdown.Send);
            await Task.WhenAll(writer, reader).Within("both peers");
            _ = Libc.OpenFilesLimit(before);
            await Peer.AssertAll(Bytes, writer, reader);
            AssertCopied(result);
        }
    }

    /// <summary>What may be cancelled needs an eventfd to be woken by. Without, it has not begun: nothing is taken,
    /// nothing counted, and no mirror left behind.</summary>
    private static async Task Wake()
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        using Rig mirror = new(Family.Tcp, Family.Tcp);
        using CancellationTokenSource cancellation = new();
        TransferOptions options = new() { Mirror = mirror.Destination, LimitBytes = 5 };
        rig.Writer.Send("firststays"u8);
        _ = Transfer.Copy(rig.Source, rig.Destination, options, cancellation.Token); // Loads all that it needs.
        long before = TakeAll();
        IOException thrown = Assert.Throws<IOException>(
            () => Transfer.Copy(rig.Source, rig.Destination, options, cancellation.Token));
        _ = Libc.OpenFilesLimit(before);
        Assert.Contains("eventfd failed: EMFILE", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(0, MoveResources.Shared.Totals.ActiveTransfers);
        TransferResult result = await rig.Start(Call.Sync, options, cancellation.Token).Within("the next one");
        Assert.Equal(5, result.BytesWritten);
        Assert.Equal(5, result.Mirror!.BytesMirrored);
        Assert.Equal(0, MoveResources.Shared.Totals.ActiveTransfers);
    }

    /// <summary>The second mirror of a relay finds no pipe any more: the first one, which has one, gives it back, and
    /// its destination is as it was.</summary>
    private static async Task Mirrors()
    {
        using Rig first = new(Family.Tcp, Family.Tcp);
        using Rig rig = new(Family.Tcp, Family.Tcp);
        using Rig left = new(Family.Tcp, Family.Tcp);
        using Rig right = new(Family.Tcp, Family.Tcp);
        RelayOptions options = new()
        {
            LeftToRight = new FlowOptions { Mode = TransferMode.RequireZeroCopy, Mirror = left.Destination },
            RightToLeft = new FlowOptions { Mode = TransferMode.RequireZeroCopy, Mirror = right.Destination },
        };
        await Finish(first); // Loads all that it needs, as do the next two lines.
        _ = Errno.EMFILE.Name();
        new MemoryPipe(PipeCore.CapacityDefault).Dispose();
        FdCaches.Empty();
        string[] open = OpenPipes();
        long before = LeaveOnePipe();
        IOException thrown = await Assert.ThrowsAsync<IOException>(
            async () => await Relay.RunAsync(rig.Source, rig.Destination, options));
        _ = Libc.OpenFilesLimit(before);
        Assert.Contains("EMFILE", thrown.Message, StringComparison.Ordinal);
        await Deadline.Until("the first mirror's pipe is gone", Gone, 5000);
        await Finish(rig);

        bool Gone()
        {
            FdCaches.Empty();
            return OpenPipes().SequenceEqual(open);
        }

        async Task Finish(Rig ends)
        {
            ends.Writer.Send("up"u8);
            ends.Reader.Send("down"u8);
            ends.Writer.Shutdown(SocketShutdown.Send);
            ends.Reader.Shutdown(SocketShutdown.Send);
            Task<RelayResult> relay = Relay.RunAsync(ends.Source, ends.Destination, options).AsTask();
            RelayResult result = await relay.Within("a relay");
            Assert.Equal(
                (RelayEnd.EndOfStream, 2L, 4L),
                (result.EndedBy, result.LeftToRight.Mirror!.BytesMirrored, result.RightToLeft.Mirror!.BytesMirrored));
            Assert.Equal("up"u8.ToArray(), await Peer.ReadExactly(left.Reader, 2));
            Assert.Equal("down"u8.ToArray(), await Peer.ReadExactly(right.Reader, 4));
        }
    }

    private static string[] OpenPipes()
        => [.. Directory.EnumerateFileSystemEntries("/proc/self/fd")
            .Where(path => new FileInfo(path).LinkTarget is { } target && target.Contains("pipe:"))
            .Order(StringComparer.Ordinal)];

    /// <summary>Zero copy needs a pipe: an error that says so, and every byte is still there.</summary>
    private static async Task Require()
    {
        TransferOptions options = new() { Mode = TransferMode.RequireZeroCopy };
        using Rig rig = new(Family.Tcp, Family.Tcp);
        rig.Writer.Send("stays"u8);
        long before = TakeAll();
        TransferException async = await Assert.ThrowsAsync<TransferException>(
            () => rig.Start(Call.Async, options).Within("the transfer"));
        TransferException sync = Assert.Throws<TransferException>(
            () => Transfer.Copy(rig.Source, rig.Destination, options));
        _ = Libc.OpenFilesLimit(before);
        foreach (TransferException e in (TransferException[])[async, sync])
        {
            Assert.Equal(((int)Errno.EMFILE, "pipe2", 0L), (e.Error, e.Operation, e.Progress.BytesConsumed));
            Assert.Contains("EMFILE", e.Message, StringComparison.Ordinal);
        }

        Assert.Equal("stays"u8.ToArray(), await Peer.ReadExactly(rig.Source, 5));
    }

    /// <summary>Not even the first event loop can be made; with descriptors again the next call makes it.</summary>
    private static async Task FirstLoop()
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        rig.Writer.Send("later"u8);
        rig.Writer.Shutdown(SocketShutdown.Send);
        _ = Errno.EMFILE.Name(); // Loads the assembly, which takes a descriptor.
        long before = Libc.OpenFilesLimit(3);
        Exception e = await Assert.ThrowsAnyAsync<Exception>(() => rig.Start(Call.Async).Within("without a loop"));
        _ = Libc.OpenFilesLimit(before);
        Assert.Contains("EMFILE", Assert.IsAssignableFrom<IOException>(e).Message, StringComparison.Ordinal);
        TransferResult result = await rig.Start(Call.Async).Within("the second call");
        Assert.Equal((5, TransferEnd.EndOfStream), (result.BytesWritten, result.EndedBy));
        Assert.Equal("later"u8.ToArray(), await Peer.ReadExactly(rig.Reader, 5));
    }

    private static async Task Dial()
    {
        using Socket listener = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        long before = TakeAll();
        SocketException e = await Assert.ThrowsAsync<SocketException>(
            () => Dialer.ConnectAsync(endPoint).Within("without a descriptor"));
        _ = Libc.OpenFilesLimit(before);
        Assert.Equal(SocketError.TooManyOpenSockets, e.SocketErrorCode);
        Assert.Contains("EMFILE", e.Message, StringComparison.Ordinal);
        using Socket connected = await Dialer.ConnectAsync(endPoint).Within("with descriptors again");
        Assert.True(connected.Connected);
    }

    private static void AssertCopied(TransferResult result)
    {
        Assert.Equal((Bytes, Bytes, 0L), (result.BytesBuffered, result.BytesConsumed, result.BytesSpliced));
        Assert.Equal(((int)Errno.EMFILE, TransferEnd.EndOfStream), (result.FallbackError, result.EndedBy));
    }
}

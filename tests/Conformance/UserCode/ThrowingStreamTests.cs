// Streams that throw what nobody expects, at every call, and the results that say so.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

#pragma warning disable CA2201 // The runtime's own exceptions are what is tested.
namespace Zerocopy.Conformance.UserCode;

public sealed class ThrowingStreamTests
{
    public enum Thrown
    {
        Io,
        NoMemory,
        Bug,
        Canceled,
        Access,
        Inner,
    }

    public enum When
    {
        /// <summary>By the call itself.</summary>
        AtOnce,

        /// <summary>By its task, on another thread.</summary>
        Later,
    }

    public static TheoryData<Thrown, When, Call> All
        => [.. from thrown in Enum.GetValues<Thrown>()
               from moment in Enum.GetValues<When>()
               from call in Enum.GetValues<Call>()
               select (thrown, moment, call)];

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(All))]
    [Cases("F-03")]
    public async Task A_read_that_throws_is_the_cause(Thrown thrown, When moment, Call call)
    {
        Exception cause = Make(thrown);
        using Rig rig = new(Family.Tcp, Family.Tcp);
        using HostileStream source = new() { Reads = (buffer, _) => new ValueTask<int>(Throw<int>(cause, moment)) };

        TransferException failure = await Assert.ThrowsAsync<TransferException>(
            () => Rig.Start(call, source, rig.Destination).Within("the transfer"));

        Assert.Same(cause, failure.InnerException);
        Assert.Equal((TransferSide.Source, 0, "Read"), (failure.Side, failure.Error, failure.Operation));
        Assert.Equal(TransferEnd.SourceFailed, failure.Progress.EndedBy);
        await Untouched.AssertReleased(rig);
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(All))]
    [Cases("F-03")]
    public async Task A_write_that_throws_is_the_cause(Thrown thrown, When moment, Call call)
    {
        Exception cause = Make(thrown);
        using Rig rig = new(Family.Unix, Family.Tcp);
        using HostileStream destination = new() { Writes = _ => new ValueTask(Throw<int>(cause, moment)) };
        rig.Writer.Send("hello"u8);

        TransferException failure = await Assert.ThrowsAsync<TransferException>(
            () => Rig.Start(call, rig.Source, destination, new TransferOptions { KeepUndelivered = true })
                .Within("the transfer"));

        Assert.Same(cause, failure.InnerException);
        Assert.Equal((TransferSide.Destination, 0, "Write"), (failure.Side, failure.Error, failure.Operation));
        Assert.Equal((5, 0), (failure.Progress.BytesConsumed, failure.Progress.BytesWritten));
        Assert.Equal("hello"u8.ToArray(), failure.Undelivered.ToArray());
        await Untouched.AssertReleased(rig);
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(All))]
    [Cases("F-03")]
    public async Task A_flush_that_throws_is_the_cause(Thrown thrown, When moment, Call call)
    {
        Exception cause = Make(thrown);
        using Rig rig = new(Family.Unix, Family.Tcp);
        using HostileStream destination = new() { Flushes = _ => Throw<int>(cause, moment) };
        rig.Writer.Send("hello"u8);

        TransferException failure = await Assert.ThrowsAsync<TransferException>(
            () => Rig.Start(call, rig.Source, destination).Within("the transfer"));

        Assert.Same(cause, failure.InnerException);
        Assert.Equal((TransferSide.Destination, "Flush"), (failure.Side, failure.Operation));
        Assert.Equal(5, failure.Progress.BytesWritten);
        await Untouched.AssertReleased(rig);
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(All))]
    [Cases("F-03", "F-09")]
    public async Task In_a_relay_the_result_names_the_side_and_has_the_exception(Thrown thrown, When moment, Call side)
    {
        Exception cause = Make(thrown);
        using Rig rig = new(Family.Tcp, Family.Tcp);
        bool isLeft = side == Call.Sync;
        using HostileStream stream = new()
        {
            Reads = (_, _) => new ValueTask<int>(new TaskCompletionSource<int>().Task),
            Writes = _ => new ValueTask(Throw<int>(cause, moment)),
        };
        TransferEndpoint left = isLeft ? stream : rig.Source;
        TransferEndpoint right = isLeft ? rig.Source : stream;
        rig.Writer.Send("hello"u8);

        RelayResult result = await Relay.RunAsync(left, right, new RelayOptions { CloseEndpoints = true })
            .Within("the relay");

        Assert.Equal(isLeft ? RelayEnd.LeftFailed : RelayEnd.RightFailed, result.EndedBy);
        Assert.Same(cause, result.Exception);
        Assert.Equal(0, result.Error);
        Assert.Equal(1, stream.DisposesCount);
        Received end = await Peer.Read(rig.Writer).Within("the other side's end");
        Assert.Equal(new Received(0, SocketError.ConnectionReset), end);
        await Untouched.AssertReleased(rig);
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(TeeFailure.Detach, Call.Sync)]
    [InlineData(TeeFailure.Detach, Call.Async)]
    [InlineData(TeeFailure.Stop, Call.Sync)]
    [InlineData(TeeFailure.Stop, Call.Async)]
    [Cases("F-10")]
    public async Task A_mirror_that_throws_is_a_mirror_that_failed(TeeFailure onFailure, Call call)
    {
        Exception cause = Make(Thrown.NoMemory);
        using Rig rig = new(Family.Tcp, Family.Tcp);
        using HostileStream mirror = new() { Writes = _ => throw cause };
        TransferOptions options = new() { Mirror = mirror, MirrorOptions = new TeeOptions { OnFailure = onFailure } };
        Task<TransferResult> transfer = rig.Start(call, options);
        rig.Writer.Send("hello"u8);
        Assert.Equal("hello"u8.ToArray(), await Peer.ReadExactly(rig.Reader, 5));
        TeeResult? mirrored;

        // It fails once it has got something, and the flow finds out when it has more for it.
        try
        {
            await Deadline.Until("the mirror's failure", () => mirror.Written.Length > 0);
            await Task.Delay(50);
            rig.Writer.Send("world"u8);
            rig.Writer.Shutdown(SocketShutdown.Send);
            mirrored = (await transfer.Within("the transfer")).Mirror;
            Assert.Equal(TeeFailure.Detach, onFailure);
        }
        catch (TransferException e)
        {
            Assert.Equal((TeeFailure.Stop, TransferSide.Mirror), (onFailure, e.Side));
            mirrored = e.Progress.Mirror;
        }

        Assert.Equal(TeeEnd.Failed, mirrored!.EndedBy);
        Assert.Same(cause, Assert.IsType<TransferException>(mirrored.Exception).InnerException);
        await Untouched.AssertReleased(rig);
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    [Cases("F-03")]
    public async Task Who_fills_a_pipe_and_throws_leaves_its_readers_the_cause(Call call)
    {
        Exception cause = Make(Thrown.NoMemory);
        using Pipe pipe = Pipe.Create();
        using HostileStream source = new()
        {
            Reads = (buffer, before) => before == 0 ? new ValueTask<int>(Fill(buffer)) : throw cause,
        };

        TransferException failure = await Assert.ThrowsAsync<TransferException>(() => call == Call.Sync
            ? Deadline.OnThread(() => pipe.ReadFrom(source)) : pipe.ReadFromAsync(source).Within("the fill"));

        Assert.Same(cause, failure.InnerException);
        byte[] buffer = new byte[10];
        Assert.Equal(3, pipe.Read(buffer));
        Assert.Same(
            failure,
            Assert.ThrowsAny<IOException>(() => pipe.Read(buffer)).InnerException);
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    [Cases("F-06")]
    public async Task What_a_stream_says_of_itself_may_throw(Call call)
    {
        bool begun = false;
        Exception cause = Make(Thrown.Io);
        using Rig rig = new(Family.Tcp, Family.Tcp);
        using HostileStream stream = new()
        {
            SaysReadable = () => begun ? throw Make(Thrown.Bug) : true,
            SaysWritable = () => begun ? throw Make(Thrown.Bug) : true,
            Reads = (_, _) =>
            {
                begun = true;
                throw cause;
            },
        };

        TransferException failure = await Assert.ThrowsAsync<TransferException>(
            () => Rig.Start(call, stream, rig.Destination).Within("the transfer"));
        Assert.Same(cause, failure.InnerException);

        // Before anything has begun, it is thrown where the call is made.
        Assert.Throws<InvalidTimeZoneException>(() => { _ = Transfer.CopyAsync(stream, rig.Destination).AsTask(); });
        Assert.Throws<InvalidTimeZoneException>(() => Transfer.Copy(rig.Source, stream));
        await Untouched.AssertReleased(rig);
    }

    private static int Fill(Memory<byte> buffer)
    {
        "abc"u8.CopyTo(buffer.Span);
        return 3;
    }

    private static Exception Make(Thrown thrown) => thrown switch
    {
        Thrown.NoMemory => new OutOfMemoryException("scripted"),
        Thrown.Bug => new InvalidTimeZoneException("scripted"),
        Thrown.Canceled => new OperationCanceledException("scripted"),
        Thrown.Access => new AccessViolationException("scripted"),
        Thrown.Inner => new AggregateException(new IOException("scripted"), new InvalidTimeZoneException("scripted")),
        _ => new IOException("scripted"),
    };

    private static async Task<T> Later<T>(Exception exception)
    {
        await Task.Delay(1);
        throw exception;
    }

    private static Task<T> Throw<T>(Exception exception, When moment)
        => moment == When.AtOnce ? throw exception : Later<T>(exception);
}

// What cannot be teed is refused by name, and nothing is attached then.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Plain;

namespace Zerocopy.Conformance.Tees;

[Cases("B-27")]
public sealed class TeeRefusalTests
{
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public async Task A_pipe_is_not_teed_into_itself_on_any_path(int length)
    {
        Pipe[] pipes = [.. Enumerable.Range(0, length).Select(_ => Pipe.Create())];
        try
        {
            for (int i = 0; i + 1 < length; i++)
            {
                pipes[i].Tee(pipes[i + 1]);
            }

            // A second branch, so that the cycle is not the only path.
            using Pipe branch = Pipe.Create();
            pipes[0].Tee(branch);
            Refused(() => pipes[^1].Tee(pipes[0]));

            pipes[0].Write("hello"u8);
            pipes[0].CloseWrite();
            Task<long>[] others = [.. pipes[1..].Select(Drain)];
            Assert.Equal(5, await Drain(pipes[0]).Within("the first"));
            Assert.All(await Task.WhenAll(others).Within("the others"), count => Assert.Equal(5, count));
            Assert.Equal(5, await Drain(branch).Within("the branch"));
        }
        finally
        {
            Array.ForEach(pipes, pipe => pipe.Dispose());
        }
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task A_pipe_is_the_target_of_one_tee_only()
    {
        using Pipe pipe = Pipe.Create();
        using Pipe second = Pipe.Create();
        using Pipe target = Pipe.Create();
        pipe.Tee(target);
        Refused(() => pipe.Tee(target));
        Refused(() => second.Tee(target));

        pipe.Write("hello"u8);
        pipe.CloseWrite();
        Assert.Equal(5, await Drain(pipe).Within("the main reader"));
        Assert.Equal(5, await Drain(target).Within("the target"));
    }

    [Theory]
    [InlineData(Way.Read)]
    [InlineData(Way.WriteTo)]
    public void After_the_first_byte_it_is_too_late(Way way)
    {
        using Pipe written = Pipe.Create();
        using Pipe target = Pipe.Create();
        written.Write("x"u8);
        Assert.Throws<InvalidOperationException>(() => written.Tee(target));

        byte[] buffer = new byte[1];
        if (way == Way.Read)
        {
            Assert.Equal(1, written.Read(buffer));
        }
        else
        {
            Transfer.Copy(written, Stream.Null, new TransferOptions { LimitBytes = 1 });
        }

        Assert.Throws<InvalidOperationException>(() => written.Tee(target));

        // The target was not touched.
        using Pipe other = Pipe.Create();
        other.Tee(target);
    }

    [Fact]
    public void After_a_transfer_into_it_it_is_too_late()
    {
        using Pipe target = Pipe.Create();
        using Pipe filled = Pipe.Create();
        using MemoryStream source = new([1, 2, 3]);
        filled.ReadFrom(source);
        Assert.ThrowsAny<InvalidOperationException>(() => filled.Tee(target));
    }

    [Fact]
    public void Nothing_is_not_a_target()
    {
        using Pipe pipe = Pipe.Create();
        Assert.Equal("destination", Assert.Throws<ArgumentNullException>(() => pipe.Tee(default)).ParamName);
        Assert.Equal("destination", Assert.Throws<ArgumentNullException>(() => pipe.Tee((Pipe?)null)).ParamName);
        Assert.Equal("destination", Assert.Throws<ArgumentNullException>(() => pipe.Tee((Stream?)null)).ParamName);
    }

    [Fact]
    public void What_cannot_be_written_is_not_a_target()
    {
        using Pipe pipe = Pipe.Create();
        using ScriptedStream readOnly = new() { Writable = false };
        using MemoryStream constant = new([1], writable: false);
        using Socket datagram = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        using Pipe other = Pipe.Create();
        Refused(() => pipe.Tee(readOnly));
        Refused(() => pipe.Tee(constant));
        Refused(() => pipe.Tee(datagram));
        Refused(() => pipe.Tee(other.AsReadStream()));
    }

    [Fact]
    public void What_is_closed_is_refused()
    {
        using Pipe pipe = Pipe.Create();
        MemoryStream stream = new();
        stream.Dispose();
        Assert.Equal(
            "destination", Assert.ThrowsAny<ObjectDisposedException>(() => pipe.Tee(stream)).ObjectName);
        Pipe closed = Pipe.Create();
        closed.Dispose();
        Assert.ThrowsAny<ObjectDisposedException>(() => pipe.Tee(closed));
        Assert.ThrowsAny<ObjectDisposedException>(() => closed.Tee(Stream.Null));
        using Pipe half = Pipe.Create();
        half.CloseRead();
        Assert.ThrowsAny<ObjectDisposedException>(() => half.Tee(Stream.Null));
    }

    [Fact]
    public void Options_are_judged_when_they_are_set()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new TeeOptions { OnLag = (TeeLag)2 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new TeeOptions { OnFailure = (TeeFailure)(-1) });
        Assert.Throws<ArgumentOutOfRangeException>(() => new TeeOptions { CapacityBytes = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new TeeOptions { CapacityBytes = -1 });
        Assert.Throws<ArgumentNullException>(() => new FlowOptions { MirrorOptions = null! });
    }

    private static void Refused(Action tee)
        => Assert.Equal("destination", Assert.ThrowsAny<ArgumentException>(tee).ParamName);

    private static Task<long> Drain(Pipe pipe) => Deadline.OnThread(() =>
    {
        byte[] buffer = new byte[100];
        long done = 0;
        for (int count; (count = pipe.Read(buffer)) > 0;)
        {
            done += count;
        }

        return done;
    });
}

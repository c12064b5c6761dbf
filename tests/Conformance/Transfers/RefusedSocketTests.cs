// Sockets that are no byte streams are refused, on either side, before anything is taken from them.
using System.Net;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Sys;
using SocketFlags = System.Net.Sockets.SocketFlags;
using SysFlags = Zerocopy.Sys.SocketFlags;

namespace Zerocopy.Conformance.Transfers;

public sealed class RefusedSocketTests
{
    public static TheoryData<string, Call> Refused { get; } = new MatrixTheoryData<string, Call>(
        ["udp", "unix datagram", "unix seqpacket"], Enum.GetValues<Call>());

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Refused))]
    [Cases("GN-37", "GN-38", "X-10", "B-13")]
    public async Task A_socket_with_messages_is_refused_and_its_message_is_still_there(string kind, Call call)
    {
        (Socket near, Socket far) = Connect(kind);
        using (near)
        using (far)
        using (SocketPair stream = SocketPair.Tcp())
        {
            far.Send("one"u8);

            ArgumentException asSource = await Refusal(call, near, stream.Near);
            ArgumentException asDestination = await Refusal(call, stream.Near, near);
            ArgumentException asHandle = await Refusal(call, near.SafeHandle, stream.Near);
            ArgumentException asTarget = await Refusal(call, stream.Near, near.SafeHandle);

            Assert.Equal(["source", "destination", "source", "destination"],
                [asSource.ParamName, asDestination.ParamName, asHandle.ParamName, asTarget.ParamName]);
            byte[] message = new byte[8];
            Assert.Equal(3, near.Receive(message));
            Assert.Equal("one"u8, message.AsSpan(0, 3));
            AssertUntouched(stream);
        }
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    [Cases("X-10", "B-13")]
    public async Task An_empty_datagram_is_no_end_of_stream(Call call)
    {
        (Socket near, Socket far) = Connect("udp");
        using (near)
        using (far)
        using (SocketPair stream = SocketPair.Tcp())
        {
            far.Send("one"u8);
            far.Send(ReadOnlySpan<byte>.Empty);
            far.Send("two"u8);

            ArgumentException refused = await Refusal(call, near, stream.Near);

            Assert.Equal("source", refused.ParamName);
            byte[] message = new byte[8];
            Assert.Equal([3, 0, 3], [near.Receive(message), near.Receive(message), near.Receive(message)]);
            AssertUntouched(stream);
        }
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Family.Tcp, Call.Sync)]
    [InlineData(Family.Tcp, Call.Async)]
    [InlineData(Family.Unix, Call.Sync)]
    [InlineData(Family.Unix, Call.Async)]
    [Cases("X-10")]
    public async Task A_listening_socket_is_refused_and_goes_on_listening(Family family, Call call)
    {
        using Socket listener = SocketPair.Listen(family, out EndPoint endPoint);
        using SocketPair stream = SocketPair.Tcp();

        Assert.Equal("source", (await Refusal(call, listener, stream.Near)).ParamName);
        Assert.Equal("destination", (await Refusal(call, stream.Near, listener)).ParamName);
        Assert.Equal("source", (await Refusal(call, listener.SafeHandle, stream.Near)).ParamName);
        Assert.Equal("destination", (await Refusal(call, stream.Near, listener.SafeHandle)).ParamName);

        using Socket client = new(endPoint.AddressFamily, SocketType.Stream, listener.ProtocolType);
        client.Connect(endPoint);
        using Socket accepted = listener.Accept();
        accepted.Send("ok"u8);
        accepted.Shutdown(SocketShutdown.Send);
        Assert.Equal("ok", await Peer.ReadText(client).Within("the client"));
        AssertUntouched(stream);
    }

    private static Task<ArgumentException> Refusal(Call call, TransferEndpoint source, TransferEndpoint destination)
        => Assert.ThrowsAsync<ArgumentException>(
            () => Rig.Start(call, source, destination).Within("the refusal"));

    private static void AssertUntouched(SocketPair stream)
    {
        Assert.False(stream.Far.Poll(0, SelectMode.SelectRead), "something was written to the other end");
        stream.Far.Send("x"u8);
        byte[] one = new byte[2];
        Assert.Equal(1, stream.Near.Receive(one, SocketFlags.None));
    }

    private static (Socket Near, Socket Far) Connect(string kind)
    {
        if (kind == "udp")
        {
            Socket a = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            Socket b = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            a.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            b.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            a.Connect(b.LocalEndPoint!);
            b.Connect(a.LocalEndPoint!);
            return (a, b);
        }

        SocketKind type = kind == "unix datagram" ? SocketKind.Datagram : SocketKind.SeqPacket;
        Assert.False(Syscall.SocketPair(type, SysFlags.CloseOnExec, out int first, out int second).IsError);
        return (new Socket(new SafeSocketHandle(first, true)), new Socket(new SafeSocketHandle(second, true)));
    }
}

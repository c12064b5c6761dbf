// The user's own Shutdown of a source: an end of stream. A dispose that is underway looks the same, and is not taken
// for one.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Lifetime;

public sealed class OwnShutdownTests
{
    private const int Storms = 300;

    public static TheoryData<Family, SocketShutdown, Call> Rows { get; } =
        new MatrixTheoryData<Family, SocketShutdown, Call>(
            Enum.GetValues<Family>(), [SocketShutdown.Receive, SocketShutdown.Both], Enum.GetValues<Call>());

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    [Cases("F-83")]
    public async Task A_source_that_was_shut_down_has_ended(Family family, SocketShutdown how, Call call)
    {
        foreach (bool isNetwork in (bool[])[false, true])
        {
            foreach (TransferMode mode in Matrix.Modes)
            {
                using Rig rig = new(family, Family.Tcp);
                using NetworkStream network = new(rig.Source, ownsSocket: false);
                rig.Writer.Send("hello"u8);
                Task<TransferResult> transfer = Rig.Start(
                    call,
                    isNetwork ? network : rig.Source,
                    rig.Destination,
                    new TransferOptions { Mode = mode });
                await Peer.ReadExactly(rig.Reader, 5).Within("the bytes");
                await Task.Delay(10);
                rig.Source.Shutdown(how);
                TransferResult result = await transfer.Within("the transfer");
                Assert.Equal((TransferEnd.EndOfStream, 5), (result.EndedBy, result.BytesWritten));
            }
        }
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(SocketShutdown.Receive)]
    [InlineData(SocketShutdown.Both)]
    [Cases("F-83")]
    public async Task So_has_one_that_was_shut_down_before_and_a_bare_handle(SocketShutdown how)
    {
        foreach (Call call in Enum.GetValues<Call>())
        {
            using Rig rig = new(Family.Tcp, Family.Tcp);
            rig.Writer.Send("hello"u8);
            await Deadline.Until("it has come", () => rig.Source.Available == 5);
            rig.Source.Shutdown(how);
            TransferResult result = await Rig.Start(call, rig.Source.SafeHandle, rig.Destination)
                .Within("the transfer");
            Assert.Equal((TransferEnd.EndOfStream, 5), (result.EndedBy, result.BytesWritten));
        }
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(SocketShutdown.Receive)]
    [InlineData(SocketShutdown.Both)]
    [Cases("F-84")]
    public async Task In_a_relay_the_end_is_passed_on(SocketShutdown how)
    {
        foreach (bool otherEndedFirst in (bool[])[false, true])
        {
            using Rig rig = new(Family.Tcp, Family.Tcp);
            Task<RelayResult> relay = Relay.RunAsync(rig.Source, rig.Destination).AsTask();
            rig.Writer.Send("x"u8);
            await Peer.ReadExactly(rig.Reader, 1).Within("a byte");
            if (otherEndedFirst)
            {
                rig.Reader.Shutdown(SocketShutdown.Send); // The relay shuts the source down for sending.
                Assert.Equal(0, await Deadline.OnThread(() => rig.Writer.Receive(new byte[1])).Within("the FIN"));
            }

            rig.Source.Shutdown(how);
            Assert.Equal(0, await Deadline.OnThread(() => rig.Reader.Receive(new byte[1])).Within("the end"));
            rig.Reader.Shutdown(SocketShutdown.Send);
            RelayResult result = await relay.Within("the relay");
            Assert.Equal(RelayEnd.EndOfStream, result.EndedBy);
        }
    }

    /// <summary>TcpClient shuts its socket down both ways before it disposes it.</summary>
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Async)]
    [InlineData(Call.Sync)]
    [Cases("F-85", "F-89")]
    public async Task A_dispose_of_the_client_that_owns_the_socket_is_never_an_end_of_stream(Call call)
    {
        int repeats = call == Call.Async ? Storms : Storms / 10;
        for (int i = 0; i < repeats; i++)
        {
            using Rig rig = new(Family.Tcp, Family.Tcp);
            using TcpClient client = SocketPair.ClientOf(rig.Source);
            Task<TransferResult> transfer = Rig.Start(call, rig.Source, rig.Destination);
            if (i % 2 == 0)
            {
                await Task.Delay(2);
            }

            client.Dispose();
            TransferDisposedException e = await Assert.ThrowsAsync<TransferDisposedException>(
                () => transfer.Within("the transfer"));
            Assert.Equal(TransferSide.Source, e.Side);
        }
    }

    /// <summary>The thread that disposes may be held up between its shutdown and its close.</summary>
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Async)]
    [InlineData(Call.Sync)]
    [Cases("F-85")]
    public async Task A_destination_that_is_shut_down_and_then_disposed_was_disposed(Call call)
    {
        foreach (TransferMode mode in Matrix.Modes)
        {
            using Rig rig = new(Family.Tcp, Family.Tcp);
            Task<TransferResult> transfer = rig.Start(call, new TransferOptions { Mode = mode });
            rig.Writer.Send("hello"u8);
            await Peer.ReadExactly(rig.Reader, 5).Within("the bytes");
            rig.Destination.Shutdown(SocketShutdown.Send);
            rig.Writer.Send("more"u8);
            await Task.Delay(40);
            rig.Destination.Dispose();
            TransferDisposedException e = await Assert.ThrowsAsync<TransferDisposedException>(
                () => transfer.Within("the transfer"));
            Assert.Equal((TransferSide.Destination, 5L), (e.Side, e.Progress.BytesWritten));
        }
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Async)]
    [InlineData(Call.Sync)]
    [Cases("F-85")]
    public async Task One_that_is_but_shut_down_takes_no_more(Call call)
    {
        foreach (TransferMode mode in Matrix.Modes)
        {
            using Rig rig = new(Family.Tcp, Family.Tcp);
            rig.Destination.Shutdown(SocketShutdown.Send);
            Task<TransferResult> transfer = rig.Start(call, new TransferOptions { Mode = mode });
            rig.Writer.Send("hello"u8);
            TransferException e = await Assert.ThrowsAsync<TransferException>(() => transfer.Within("the transfer"));
            Assert.Equal((TransferSide.Destination, (int)Errno.EPIPE), (e.Side, e.Error));
        }
    }
}

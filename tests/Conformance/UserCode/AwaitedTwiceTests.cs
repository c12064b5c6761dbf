// A ValueTask that is used more than once, which nobody may pay for but who does it.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

#pragma warning disable CA2012 // To use it wrongly is what is tested.
namespace Zerocopy.Conformance.UserCode;

public sealed class AwaitedTwiceTests
{
    private const int Rounds = 50;

    [Fact(Timeout = Deadline.Ms)]
    [Cases("F-23")]
    public async Task Whoever_takes_a_result_twice_is_told_so_and_innocent_transfers_do_not_share()
    {
        for (int round = 0; round < Rounds; round++)
        {
            using Rig rig = new(Family.Tcp, Family.Tcp);
            rig.Writer.Send("first"u8);
            rig.Writer.Shutdown(SocketShutdown.Send);
            ValueTask<TransferResult> task = Transfer.CopyAsync(rig.Source, rig.Destination);
            Assert.Equal(5, (await task).BytesWritten);
            Assert.Throws<InvalidOperationException>(() => task.Result);
            Assert.Throws<InvalidOperationException>(() => task.GetAwaiter().GetResult());
            Assert.Throws<InvalidOperationException>(() => task.IsCompleted);

            using Rig one = new(Family.Tcp, Family.Tcp);
            using Rig two = new(Family.Tcp, Family.Tcp);
            ValueTask<TransferResult> a = Transfer.CopyAsync(one.Source, one.Destination);
            ValueTask<TransferResult> b = Transfer.CopyAsync(two.Source, two.Destination);
            Assert.Throws<InvalidOperationException>(() => task.Result);
            one.Writer.Send("one"u8);
            two.Writer.Send("second"u8);
            one.Writer.Shutdown(SocketShutdown.Send);
            two.Writer.Shutdown(SocketShutdown.Send);
            Assert.Equal((3, 6), ((await a).BytesWritten, (await b).BytesWritten));
            Assert.Equal("one"u8.ToArray(), await Peer.ReadExactly(one.Reader, 3));
            Assert.Equal("second"u8.ToArray(), await Peer.ReadExactly(two.Reader, 6));
        }
    }

    [Fact(Timeout = Deadline.Ms)]
    [Cases("F-23")]
    public async Task A_result_that_is_not_there_yet_cannot_be_taken()
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        ValueTask<TransferResult> task = Transfer.CopyAsync(rig.Source, rig.Destination);
        Assert.Throws<InvalidOperationException>(() => task.Result);
        ValueTask<RelayResult> relay = Relay.RunAsync(rig.Destination, rig.Source);
        Assert.Throws<InvalidOperationException>(() => relay.Result);
        rig.Writer.Shutdown(SocketShutdown.Send);
        Assert.Equal(TransferEnd.EndOfStream, (await task.Within("the transfer")).EndedBy);
        rig.Source.Dispose();
        _ = await relay.Within("the relay");
    }

    [Fact(Timeout = Deadline.Ms)]
    [Cases("F-23")]
    public async Task Failures_relays_pipes_and_fills_are_taken_once_too()
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        SocketPair.Reset(rig.Writer);
        ValueTask<TransferResult> failed = Transfer.CopyAsync(rig.Source, rig.Destination);
        await Assert.ThrowsAsync<TransferException>(async () => await failed);
        Assert.Throws<InvalidOperationException>(() => failed.Result);

        using Rig relayed = new(Family.Tcp, Family.Tcp);
        relayed.Writer.Shutdown(SocketShutdown.Send);
        relayed.Reader.Shutdown(SocketShutdown.Send);
        ValueTask<RelayResult> relay = Relay.RunAsync(relayed.Source, relayed.Destination);
        _ = await relay;
        Assert.Throws<InvalidOperationException>(() => relay.Result);

        using Pipe pipe = Pipe.Create();
        ValueTask<int> read = pipe.ReadAsync(new byte[10]);
        pipe.Write("hello"u8);
        Assert.Equal(5, await read);
        Assert.Throws<InvalidOperationException>(() => read.Result);

        using Rig filling = new(Family.Tcp, Family.Tcp);
        ValueTask<TransferResult> fill = pipe.ReadFromAsync(filling.Source);
        filling.Writer.Send("abc"u8);
        filling.Writer.Shutdown(SocketShutdown.Send);
        Assert.Equal(3, (await fill).BytesWritten);
        Assert.Throws<InvalidOperationException>(() => fill.Result);
    }

    [Fact(Timeout = Deadline.Ms)]
    [Cases("F-23")]
    public async Task Of_two_threads_that_take_it_at_once_one_gets_it()
    {
        for (int round = 0; round < Rounds; round++)
        {
            using Rig rig = new(Family.Unix, Family.Unix);
            rig.Writer.Shutdown(SocketShutdown.Send);
            ValueTask<TransferResult> task = Transfer.CopyAsync(rig.Source, rig.Destination);
            await Deadline.Until("the end", () => task.IsCompleted);
            using Barrier barrier = new(2);
            bool Take()
            {
                barrier.SignalAndWait();
                try
                {
                    return task.Result.EndedBy == TransferEnd.EndOfStream;
                }
                catch (InvalidOperationException)
                {
                    return false;
                }
            }

            bool[] got = await Task.WhenAll(Deadline.OnThread(Take), Deadline.OnThread(Take));
            Assert.Single(got, won => won);
        }
    }
}

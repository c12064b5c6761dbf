// Whatever a call of a pipe waits for, it waits without using the processor.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Pipes;

/// <summary>All of a test's calls are parked at once: one that spins is enough to fail.</summary>
[Cases("X-18")]
public sealed class ParkedPipeTests
{
    [Fact(Timeout = Deadline.Ms)]
    public async Task Every_call_that_waits_rests()
    {
        ParkedCall[] parked = await Task.WhenAll(
            from waiting in Enum.GetValues<Waiting>()
            from call in Enum.GetValues<Call>()
            from family in Enum.GetValues<Family>()
            select ParkedCall.Start(waiting, call, family));
        await CpuMeter.AssertParked("parked");
        foreach (ParkedCall each in parked)
        {
            Assert.False(each.Task.IsCompleted, $"{each.Waiting} is over: {each.Task.Status}");
            each.Dispose();
            await each.Thrown<ObjectDisposedException>();
        }
    }

    // The end that nobody waits for has news all the time: it is at its end, hung up or reset.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.FamiliesCalls), MemberType = typeof(PipeMatrix))]
    [Cases("B-02")]
    public async Task An_end_that_hung_up_disturbs_nobody(Family family, Call call)
    {
        using SocketPair closed = SocketPair.Connect(family);
        using SocketPair reset = SocketPair.Connect(family);
        using SocketPair halfClosed = SocketPair.Connect(family);
        using SocketPair gone = SocketPair.Connect(family);
        using Pipe first = Pipe.Create();
        using Pipe second = Pipe.Create();
        using Pipe silent = Pipe.Create();
        using Pipe alsoSilent = Pipe.Create();
        int size = PipePeer.Fill(first);
        PipePeer.Fill(second);
        byte[] more = Pattern.Default.Bytes(size, 100);
        closed.Far.Send(more);
        closed.Far.Shutdown(SocketShutdown.Both);
        closed.Far.Dispose();
        reset.Far.Send(more);
        reset.Near.Send("unread"u8);
        SocketPair.Reset(reset.Far);
        halfClosed.Far.Shutdown(SocketShutdown.Send);
        SocketPair.Reset(gone.Far);
        Task<TransferResult> fromClosed = PipePeer.ReadFrom(call, first, closed.Near);
        Task<TransferResult> fromReset = PipePeer.ReadFrom(call, second, reset.Near);
        Task<TransferResult> toHalfClosed = PipePeer.WriteTo(call, silent, halfClosed.Near);
        Task<TransferResult> toGone = PipePeer.WriteTo(call, alsoSilent, gone.Near);
        await Task.Delay(PipePeer.ParkMs);

        await CpuMeter.AssertParked("beside an end that hung up");

        Assert.False(fromClosed.IsCompleted || toHalfClosed.IsCompleted, "these have to wait");
        Assert.Equal(size + 100, await PipePeer.Read(first).Within("the first reader"));
        Assert.Equal(100, (await fromClosed.Within("the first copier")).BytesWritten);
        Pattern.Default.AssertEqual(await PipePeer.ReadExactly(second, size + 100).Within("the second reader"));
        await Assert.ThrowsAsync<TransferException>(() => fromReset.Within("the second copier"));
        await PipePeer.Write(silent, 50).Within("a writer");
        Assert.Equal(50, (await toHalfClosed.Within("the third copier")).BytesWritten);
        await Record.ExceptionAsync(() => PipePeer.Write(alsoSilent, 50).Within("a writer"));
        await Assert.ThrowsAsync<TransferException>(() => toGone.Within("the fourth copier"));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.Calls), MemberType = typeof(PipeMatrix))]
    public async Task Between_two_pipes_and_before_a_file(Call call)
    {
        using Pipe ended = Pipe.Create();
        using Pipe full = Pipe.Create();
        using Pipe silent = Pipe.Create();
        using Pipe empty = Pipe.Create();
        using SocketPair pair = SocketPair.Connect(Family.Unix);
        using TempFile file = new();
        using FileStream stream = new(file.Path, FileMode.Open, FileAccess.Write);
        int size = PipePeer.Fill(full);
        ended.Write(Pattern.Default.Slice(size, 5000).Span);
        ended.CloseWrite();
        Task<TransferResult>[] copiers =
        [
            Rig.Start(call, ended, full),
            Rig.Start(call, silent, empty),
            Rig.Start(call, pair.Near, stream),
        ];
        await PipePeer.AssertWaits(Task.WhenAny(copiers), "each of them");

        await CpuMeter.AssertParked("between two pipes");

        silent.CloseWrite();
        pair.Far.Shutdown(SocketShutdown.Send);
        Pattern.Default.AssertEqual(await PipePeer.ReadExactly(full, size + 5000).Within("the reader"));
        TransferResult[] results = await Task.WhenAll(copiers).Within("the copiers");
        Assert.Equal([5000, 0, 0], results.Select(result => result.BytesWritten));
    }
}

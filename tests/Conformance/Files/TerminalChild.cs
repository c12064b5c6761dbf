// Its standard input and output are a terminal.
using System.Net.Sockets;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Files;

internal sealed class TerminalChild : IChild
{
    internal const int Bytes = 32_768;

    /// <summary>What the terminal must not see as a line's end or a control character.</summary>
    internal static byte At(int position) => (byte)('a' + (position % 23));

    public int Run(string[] args)
    {
        using SafeFileHandle input = new(0, ownsHandle: false);
        using SafeFileHandle output = new(1, ownsHandle: false);
        StatusFlags[] before = [HandleState.FlagsOf(input), HandleState.FlagsOf(output)];
        Call call = Enum.Parse<Call>(args[1]);
        (args[0] switch
        {
            "write" => Write(output, Enum.Parse<Family>(args[2]), call),
            "read" => Read(input, call),
            _ => Park(input, output, call),
        }).GetAwaiter().GetResult();
        Assert.Equal(before, [HandleState.FlagsOf(input), HandleState.FlagsOf(output)]);
        Console.WriteLine("done");
        return 0;
    }

    /// <summary>From a socket whose writer takes its time to the terminal.</summary>
    private static async Task Write(SafeFileHandle output, Family family, Call call)
    {
        using SocketPair pair = SocketPair.Connect(family);
        Task writer = Deadline.OnThread(() =>
        {
            byte[] bytes = [.. Enumerable.Range(0, Bytes).Select(At)];
            for (int done = 0; done < Bytes; done += 1024)
            {
                pair.Far.Send(bytes.AsSpan(done, 1024));
            }

            pair.Far.Shutdown(SocketShutdown.Send);
        });
        TransferResult result = await Rig.Start(call, pair.Near, output).Within("the transfer");
        Assert.Equal((Bytes, Bytes, TransferMechanism.ReadWrite, TransferEnd.EndOfStream),
            (result.BytesConsumed, result.BytesBuffered, result.Mechanism, result.EndedBy));
        await writer.Within("the writer");
        await Assert.ThrowsAsync<NotSupportedException>(() => Rig.Start(
            call, pair.Near, output, new TransferOptions { Mode = TransferMode.RequireZeroCopy }).Within("zero copy"));
    }

    /// <summary>Somebody types a line.</summary>
    private static async Task Read(SafeFileHandle input, Call call)
    {
        using SocketPair pair = SocketPair.Tcp();
        Console.WriteLine("ready");
        TransferResult result = await Rig.Start(call, input, pair.Near, new TransferOptions { LimitBytes = 5 })
            .Within("the transfer");
        Assert.Equal((5, 5, TransferEnd.LimitReached), (result.BytesConsumed, result.BytesBuffered, result.EndedBy));
        string line = Encoding.ASCII.GetString(await Peer.ReadExactly(pair.Far, 5).Within("the reader"));
        Console.WriteLine($"got {line.Trim()}");
    }

    /// <summary>A terminal at which nobody types, and a silent socket.</summary>
    private static async Task Park(SafeFileHandle input, SafeFileHandle output, Call call)
    {
        using SocketPair first = SocketPair.Tcp();
        using SocketPair second = SocketPair.Tcp();
        using CancellationTokenSource cancel = new();
        Task<TransferResult>[] all =
        [
            Rig.Start(call, input, first.Near, token: cancel.Token),
            Rig.Start(call, second.Near, output, token: cancel.Token),
        ];
        await Task.Delay(50);
        await CpuMeter.AssertParked("a terminal");
        cancel.Cancel();
        foreach (Task<TransferResult> transfer in all)
        {
            await Assert.ThrowsAsync<TransferCanceledException>(() => transfer.Within("the cancel", 1500));
        }
    }
}

// A thousand relays, all of them open at once, all of them moving bytes both ways.
using System.Globalization;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Relays;

internal sealed class BusyRelaysChild : IChild
{
    private const int Count = 1000;
    private const int ThereBytes = 400_003;
    private const int BackBytes = 150_001;

    private readonly TaskCompletionSource _allOpen = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _spliced;
    private int _open;

    public int Run(string[] args)
    {
        if (args is [string user])
        {
            Libc.BecomeUser(int.Parse(user, CultureInfo.InvariantCulture));
        }

        Task.WhenAll(Enumerable.Range(0, Count).Select(RunOne)).Within("all relays", 25_000).GetAwaiter().GetResult();
        Assert.True(_spliced > 0 == Platform.HasKernel, $"{_spliced} bytes were spliced");
        Console.WriteLine("done");
        return 0;
    }

    private async Task RunOne(int number)
    {
        using Rig rig = new((Family)(number & 1), (Family)((number >> 1) & 1));
        Task<RelayResult> relay = Relay.RunAsync(rig.Source, rig.Destination).AsTask();
        await rig.Writer.SendAsync(new byte[1]);
        Assert.Equal(1, await rig.Reader.ReceiveAsync(new byte[1]));
        if (Interlocked.Increment(ref _open) == Count)
        {
            _allOpen.SetResult();
        }

        await _allOpen.Task;
        // Each relay has a stream of its own: a byte of a neighbour's would show.
        long start = number * 7919L;
        await Task.WhenAll(
            Write(rig.Writer, ThereBytes, start, Pattern.Default),
            Read(rig.Reader, ThereBytes, start, Pattern.Default),
            Write(rig.Reader, BackBytes, start, Pattern.Other),
            Read(rig.Writer, BackBytes, start, Pattern.Other));
        RelayResult result = await relay;
        Assert.Equal(RelayEnd.EndOfStream, result.EndedBy);
        Assert.Equal((ThereBytes + 1, BackBytes), (result.LeftToRight.BytesWritten, result.RightToLeft.BytesWritten));
        Interlocked.Add(ref _spliced, result.LeftToRight.BytesSpliced + result.RightToLeft.BytesSpliced);
    }

    private static async Task Write(Socket socket, int total, long start, Pattern pattern)
    {
        for (int done = 0; done < total;)
        {
            done += await socket.SendAsync(pattern.Slice(start + done, Math.Min(100_000, total - done)));
        }

        socket.Shutdown(SocketShutdown.Send);
    }

    private static async Task Read(Socket socket, int total, long start, Pattern pattern)
    {
        byte[] buffer = new byte[64 * 1024];
        int done = 0;
        for (int count; (count = await socket.ReceiveAsync(buffer)) > 0; done += count)
        {
            pattern.AssertEqual(buffer.AsSpan(0, count), start + done);
        }

        Assert.Equal(total, done);
    }
}

// A file on a disk that nobody has read since it was mounted.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;
using Zerocopy.Conformance.Metrics;

namespace Zerocopy.Conformance.Files;

internal sealed class ColdFileChild : IChild
{
    private const int Total = 4 << 20;

    public int Run(string[] args)
    {
        if (Mount.Image("ext4", args[0]) is not { } directory)
        {
            return ChildProcess.Skip("no ext4 can be made and mounted here");
        }

        using PlacedFile file = new(directory, Pattern.Default.Bytes(0, Total));
        Assert.True(Mount.ImageAgain(args[0]), "it cannot be mounted again");
        using FileStream stream = file.Open(FileAccess.Read);

        (long hot, long cold, long unknown, long slow) = Send(stream).GetAwaiter().GetResult();
        Assert.True(cold > 0, $"{hot} hot, {cold} cold");
        Assert.Equal(0, unknown);

        stream.Position = 0;
        (hot, cold, unknown, slow) = Send(stream).GetAwaiter().GetResult();
        Assert.True(cold == 0 && unknown == 0 && hot > 0, $"{hot} hot, {cold} cold, {slow} slow");
        Console.WriteLine("done");
        return 0;
    }

    private static async Task<(long Hot, long Cold, long Unknown, long Slow)> Send(FileStream stream)
    {
        using MeterProbe meter = new();
        using SocketPair pair = SocketPair.Connect(Family.Tcp);
        Task<Received> reader = Peer.Read(pair.Far);
        TransferResult result = await (await Deadline.OnThread(() => Transfer.CopyAsync(stream, pair.Near).AsTask()))
            .Within("the transfer");
        pair.Near.Shutdown(SocketShutdown.Send);
        Assert.Equal(Total, result.BytesWritten);
        Assert.Equal(new Received(Total, SocketError.Success), await reader.Within("the reader"));
        return meter.Pieces;
    }
}

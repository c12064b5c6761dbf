// Becomes a user without privileges, uses up its pages, and goes on.
using System.Globalization;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Pipes;

internal sealed class SoftLimitChild : IChild
{
    private const int Bytes = 1_000_003;
    private const int LargeBytes = 1 << 20;

    private readonly List<Pipe> _large = [];

    public int Run(string[] args)
    {
        Libc.BecomeUser(int.Parse(args[0], CultureInfo.InvariantCulture));
        Pipe next = Pipe.Create(LargeBytes);
        while (next.Capacity == LargeBytes)
        {
            if (_large.Count > 1000)
            {
                return ChildProcess.Skip("this user has no limit of pages for pipes");
            }

            _large.Add(next);
            next = Pipe.Create(LargeBytes);
        }

        // That one could not grow. Those after the last page are of two slots.
        while (next.Capacity > 8192)
        {
            _large.Add(next);
            next = Pipe.Create();
        }

        Assert.True(next.IsKernelPipe);
        IOException refused = Assert.ThrowsAny<IOException>(() => next.Capacity = LargeBytes);
        Assert.Contains("EPERM", refused.Message, StringComparison.Ordinal);
        next.Dispose();
        Work().GetAwaiter().GetResult();
        Console.WriteLine("done");
        return 0;
    }

    private static Pipe Small()
    {
        Pipe pipe = Pipe.Create();
        Assert.InRange(pipe.Capacity, 1, 8192);
        return pipe;
    }

    private static async Task Work()
    {
        foreach (Call call in Enum.GetValues<Call>())
        {
            using Pipe written = Small();
            Task<long> pieces = PipePeer.Read(written, chunk: 70_000);
            await PipePeer.Write(call, written, Pattern.Default.Bytes(0, Bytes)).Within("a write");
            written.CloseWrite();
            Assert.Equal(Bytes, await pieces.Within("its reader"));

            using Rig rig = new(Family.Tcp, Family.Unix);
            using Pipe between = Small();
            Task<TransferResult> fill = PipePeer.ReadFrom(call, between, rig.Source);
            Task<TransferResult> drain = PipePeer.WriteTo(call, between, rig.Destination);
            Task<long> writer = Peer.Write(rig.Writer, Bytes);
            Task<Received> reader = Peer.Read(rig.Reader);
            await Task.WhenAll(fill, drain).Within("both copiers");
            rig.Destination.Shutdown(SocketShutdown.Send);
            await Peer.AssertAll(Bytes, writer, reader);
        }
    }
}

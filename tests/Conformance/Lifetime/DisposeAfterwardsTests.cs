// A result is published only when nothing of the transfer is left: whoever disposes at once destroys nothing.
using System.Net;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Lifetime;

public sealed class DisposeAfterwardsTests
{
    private const int Connections = 10_000;
    private const int Workers = 4;

    /// <summary>Small ones go by recv and send; the large ones end with bytes that were in a pipe.</summary>
    private static readonly int[] s_sizes = [1, 1000, 40_000, 200_000];

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Mover.Async, Connections)]
    [InlineData(Mover.Relay, 2000)]
    [InlineData(Mover.Sync, 1000)]
    public async Task Every_byte_and_the_end_arrive_although_both_endpoints_are_disposed_at_once(Mover mover, int count)
    {
        using Listeners listeners = new();
        int next = -1;
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(async () =>
        {
            byte[] buffer = new byte[s_sizes.Max()];
            for (int i; (i = Interlocked.Increment(ref next)) < count;)
            {
                await RunOne(listeners, mover, i, buffer);
            }
        }))).Within($"{count} connections");
    }

    private static async Task RunOne(Listeners listeners, Mover mover, int number, byte[] buffer)
    {
        int size = s_sizes[(number >> 2) % s_sizes.Length];
        (Socket source, Socket writer) = await listeners.Connect((Family)(number & 1));
        (Socket destination, Socket reader) = await listeners.Connect((Family)((number >> 1) & 1));
        using (writer)
        using (reader)
        {
            Task write = Write(writer, number, size);
            Task read = Read(reader, number, size, buffer);
            if (mover == Mover.Relay)
            {
                reader.Shutdown(SocketShutdown.Send);
                RelayResult result = await Relay.RunAsync(source, destination);
                source.Dispose();
                destination.Dispose();
                Assert.Equal(size, result.LeftToRight.BytesWritten);
            }
            else
            {
                TransferResult result = mover == Mover.Async
                    ? await Transfer.CopyAsync(source, destination)
                    : Transfer.Copy(source, destination);
                source.Dispose();
                destination.Dispose();
                Assert.Equal(size, result.BytesWritten);
            }

            await write;
            await read;
        }
    }

    private static async Task Write(Socket socket, int number, int size)
    {
        for (int done = 0; done < size;)
        {
            done += await socket.SendAsync(Pattern.Default.Slice(number + done, size - done));
        }

        socket.Shutdown(SocketShutdown.Send);
    }

    private static async Task Read(Socket socket, int number, int size, byte[] buffer)
    {
        int done = 0;
        for (int count; (count = await socket.ReceiveAsync(buffer)) > 0; done += count)
        {
            Pattern.Default.AssertEqual(buffer.AsSpan(0, count), number + done);
        }

        Assert.Equal(size, done);
    }

    /// <summary>One listener of each family for all: ten thousand would use up the ports.</summary>
    private sealed class Listeners : IDisposable
    {
        private readonly SemaphoreSlim _one = new(1);
        private readonly Socket[] _sockets = new Socket[2];
        private readonly EndPoint[] _endPoints = new EndPoint[2];

        public Listeners()
        {
            foreach (Family family in Enum.GetValues<Family>())
            {
                _sockets[(int)family] = SocketPair.Listen(family, out _endPoints[(int)family]);
            }
        }

        public async Task<(Socket Near, Socket Far)> Connect(Family family)
        {
            Socket far = family == Family.Unix
                ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
                : new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await _one.WaitAsync(); // Or two would get each other's connection.
            try
            {
                far.Connect(_endPoints[(int)family]);
                return (_sockets[(int)family].Accept(), far);
            }
            finally
            {
                _one.Release();
            }
        }

        public void Dispose()
        {
            _one.Dispose();
            foreach (Socket socket in _sockets)
            {
                socket.Dispose();
            }
        }
    }
}

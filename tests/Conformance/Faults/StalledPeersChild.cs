// The peers of StalledRelaysChild, in a process of their own: some that read and write, many that do not read yet.
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Faults;

/// <summary>Obeys lines of its input, and answers each with one line.</summary>
internal sealed class StalledPeersChild : IChild
{
    /// <summary>Sent into every stalled relay.</summary>
    internal const int StalledBytes = 256 * 1024;

    private const int BufferBytes = 64 * 1024;
    private const int AskedBytes = BufferBytes / 2; // The kernel doubles it, for what it needs itself.
    private const int DrainersMax = 64;
    private const int ChunkBytes = 8 * 1024; // A send ends when all of it is sent.
    private const int FitsMin = 48 * 1024;

    private readonly List<(Socket Left, Socket Right)> _stalled = [];
    private readonly List<Task> _sends = [];
    private EndPoint _left = null!;
    private EndPoint _right = null!;
    private long _sent;
    private long _read;

    public int Run(string[] args)
    {
        _left = EndPointOf(args[0]);
        _right = EndPointOf(args[1]);
        while (Console.ReadLine() is { } line)
        {
            string[] words = line.Split(' ');
            int number = int.Parse(words[1], CultureInfo.InvariantCulture);
            Console.WriteLine(words[0] switch
            {
                "readers" => StartReaders(number),
                "measure" => Measure(number),
                "stall" => Stall(number),
                _ => Drain().GetAwaiter().GetResult(),
            });
        }

        return 0;
    }

    internal static EndPoint EndPointOf(string text)
        => IPEndPoint.TryParse(text, out IPEndPoint? endPoint) ? endPoint : new UnixDomainSocketEndPoint(text);

    /// <summary>Small buffers, and what is accepted by a listener has its listener's.</summary>
    internal static Socket Make(EndPoint endPoint)
        => new(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Unspecified)
        {
            SendBufferSize = AskedBytes,
            ReceiveBufferSize = AskedBytes,
        };

    private (Socket Left, Socket Right) Connect()
    {
        Socket left = Make(_left);
        left.Connect(_left);
        Socket right = Make(_right);
        right.Connect(_right);
        return (left, right);
    }

    private string StartReaders(int count)
    {
        for (int i = 0; i < count; i++)
        {
            (Socket left, Socket right) = Connect();
            _ = Task.Run(() => WriteOn(left));
            _ = Task.Run(() => ReadOn(right));
        }

        return "started";
    }

    private static async Task WriteOn(Socket socket)
    {
        for (long at = 0; ; at += await socket.SendAsync(Pattern.Default.Slice(at, BufferBytes)))
        {
        }
    }

    private async Task ReadOn(Socket socket)
    {
        byte[] buffer = new byte[BufferBytes];
        for (long at = 0; ;)
        {
            int count = await socket.ReceiveAsync(buffer);
            Pattern.Default.AssertEqual(buffer.AsSpan(0, count), at);
            at += count;
            Interlocked.Add(ref _read, count);
        }
    }

    /// <summary>Bytes a second that all readers get together.</summary>
    private string Measure(int milliseconds)
    {
        long before = Interlocked.Read(ref _read);
        Stopwatch clock = Stopwatch.StartNew();
        Thread.Sleep(milliseconds);
        double rate = (Interlocked.Read(ref _read) - before) / clock.Elapsed.TotalSeconds;
        return ((long)rate).ToString(CultureInfo.InvariantCulture);
    }

    private string Stall(int count)
    {
        for (int i = 0; i < count; i++)
        {
            (Socket left, Socket right) = Connect();
            _sends.Add(Send(left, _stalled.Count));
            _stalled.Add((left, right));
        }

        // So much fits between any two, and then until nothing moves any more.
        for (long before = -1; before != Interlocked.Read(ref _sent) || before < count * (long)FitsMin;)
        {
            before = Interlocked.Read(ref _sent);
            Thread.Sleep(300);
        }

        return $"stalled with {_sent}";
    }

    private async Task Send(Socket socket, int number)
    {
        for (int done = 0; done < StalledBytes;)
        {
            int count = await socket.SendAsync(Pattern.Other.Slice((number * 7919L) + done, ChunkBytes));
            done += count;
            Interlocked.Add(ref _sent, count);
        }

        socket.Shutdown(SocketShutdown.Send);
    }

    private async Task<string> Drain()
    {
        int next = -1;
        async Task DrainSome()
        {
            byte[] buffer = new byte[BufferBytes];
            for (int number; (number = Interlocked.Increment(ref next)) < _stalled.Count;)
            {
                await Read(_stalled[number].Right, number, buffer);
            }
        }

        await Task.WhenAll(Enumerable.Range(0, DrainersMax).Select(_ => Task.Run(DrainSome)));
        await Task.WhenAll(_sends);
        _stalled.ForEach(pair => pair.Left.Dispose());
        return "drained";
    }

    private static async Task Read(Socket socket, int number, byte[] buffer)
    {
        int done = 0;
        for (int count; (count = await socket.ReceiveAsync(buffer)) > 0; done += count)
        {
            Pattern.Other.AssertEqual(buffer.AsSpan(0, count), (number * 7919L) + done);
        }

        Assert.Equal(StalledBytes, done);
        socket.Dispose(); // The end of the way back, too.
    }
}

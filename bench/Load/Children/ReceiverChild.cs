using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Zerocopy.Bench.Load.Children;

/// <summary>The target of a measurement: counts what it reads, or sends it back.</summary>
internal static class ReceiverChild
{
    private const int ReadMin = 4 * 1024;
    private const int ReadMax = 256 * 1024;

    internal static (string Ready, Func<string[], string> Answer) Start(string unixPath, string address)
    {
        Pattern pattern = new(ReadMax);
        byte[] buffer = new byte[ReadMax];
        Socket tcp = Address.Listen(new IPEndPoint(IPAddress.Parse(address), 0));
        Socket unix = Address.Listen(new UnixDomainSocketEndPoint(unixPath));
        Socket Listener(string kind) => kind == "unix" ? unix : tcp;
        string ready = $"ready {Address.Format(tcp.LocalEndPoint!)} {Address.Format(unix.LocalEndPoint!)}";
        return (ready, command => command switch
        {
            ["receive", string kind, string chunk, string verify, string wrap] => Receive(
                Listener(kind),
                buffer.AsSpan(0, Math.Clamp(int.Parse(chunk), ReadMin, ReadMax)),
                bool.Parse(verify) ? pattern : null,
                long.Parse(wrap)),
            ["receive-all", string chunk, string verify, string connections] => ManyReceiver.Run(
                tcp,
                int.Parse(connections),
                buffer.AsSpan(0, Math.Clamp(int.Parse(chunk), ReadMin, ReadMax)),
                bool.Parse(verify) ? pattern : null),
            ["echo-churn"] => ChurnServer.Run(tcp, buffer),
            ["discard", string kind] => Discard(Listener(kind)),
            ["echo", string kind, string connections] => EchoServer.Run(Listener(kind), int.Parse(connections), buffer),
            _ => throw new ArgumentException($"no such command: {string.Join(' ', command)}"),
        });
    }

    private static string Receive(Socket listener, Span<byte> buffer, Pattern? expected, long wrap)
    {
        using Socket socket = Address.Accept(listener);
        long started = Stopwatch.GetTimestamp();
        long received = 0;
        while (socket.Receive(buffer) is > 0 and int bytes)
        {
            if (expected is not null && !expected.Matches(buffer[..bytes], received, wrap))
            {
                throw new InvalidDataException($"wrong bytes between {received} and {received + bytes}");
            }

            received += bytes;
        }

        return $"received {received} {Stopwatch.GetElapsedTime(started).TotalSeconds}";
    }

    /// <summary>Drops the connections that nobody has accepted: whoever made them was left alone with a reader that
    /// stalls.</summary>
    private static string Discard(Socket listener)
    {
        int count = 0;
        for (; listener.Poll(TimeSpan.Zero, SelectMode.SelectRead); count++)
        {
            listener.Accept().Dispose();
        }

        return $"discarded {count}";
    }
}

// What many connections at once say: each has two streams of its own.
using System.Buffers.Binary;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Servers;

/// <summary>Both sides begin with the connection's number; then each sends its stream while the other one's comes.
/// A byte of a neighbour's would show, and so would a lost or repeated one.</summary>
internal static class Crowd
{
    private const int BufferBytes = 8192;

    /// <summary>Bytes that the client sends after the number. Some are enough for a splice.</summary>
    internal static int UpBytes(int number) => number % 50 == 0 ? 300_007 : 20_011;

    /// <summary>Bytes that the upstream sends after the number.</summary>
    internal static int DownBytes(int number) => number % 70 == 0 ? 200_003 : 15_013;

    internal static async Task SayNumber(Socket socket, int number)
    {
        byte[] bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        Assert.Equal(bytes.Length, await socket.SendAsync(bytes));
    }

    internal static async Task<int> HearNumber(Socket socket)
    {
        byte[] bytes = new byte[sizeof(int)];
        for (int done = 0; done < bytes.Length;)
        {
            int count = await socket.ReceiveAsync(bytes.AsMemory(done));
            Assert.True(count > 0, "the stream ended before its number");
            done += count;
        }

        return BinaryPrimitives.ReadInt32LittleEndian(bytes);
    }

    /// <summary>The client's part, once all are there.</summary>
    internal static Task Up(Socket socket, int number) => Task.WhenAll(
        Send(socket, UpBytes(number), number, Pattern.Default),
        Receive(socket, DownBytes(number), number, Pattern.Other));

    /// <summary>The upstream's.</summary>
    internal static Task Down(Socket socket, int number) => Task.WhenAll(
        Send(socket, DownBytes(number), number, Pattern.Other),
        Receive(socket, UpBytes(number), number, Pattern.Default));

    // No two numbers below the pattern's period begin at the same place.
    private static long Start(int number) => number * 7919L;

    private static async Task Send(Socket socket, int total, int number, Pattern pattern)
    {
        for (int done = 0; done < total;)
        {
            done += await socket.SendAsync(pattern.Slice(Start(number) + done, total - done));
        }

        socket.Shutdown(SocketShutdown.Send);
    }

    private static async Task Receive(Socket socket, int total, int number, Pattern pattern)
    {
        byte[] buffer = new byte[BufferBytes];
        int done = 0;
        for (int count; (count = await socket.ReceiveAsync(buffer)) > 0; done += count)
        {
            pattern.AssertEqual(buffer.AsSpan(0, count), Start(number) + done);
        }

        Assert.Equal(total, done);
    }
}

// A client of samples/FileServer that says exactly what a test wants it to say.
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Samples;

/// <summary>What a server answered.</summary>
internal sealed record Answer(int Status, IReadOnlyDictionary<string, string> Fields, byte[] Body)
{
    internal string Text => Encoding.ASCII.GetString(Body);

    internal bool Closes => Fields.GetValueOrDefault("Connection") == "close";
}

internal sealed class HttpPeer(Socket socket) : IDisposable
{
    private const int HeadBytesMax = 4096;

    internal Socket Socket => socket;

    internal void Send(string text) => Send(Encoding.Latin1.GetBytes(text));

    internal void Send(ReadOnlySpan<byte> bytes) => Assert.Equal(bytes.Length, socket.Send(bytes));

    /// <summary>Sends one request without a body, with these lines in its head, and reads the answer.</summary>
    internal Task<Answer> Ask(string request, params string[] fields)
    {
        Send($"{request} HTTP/1.1\r\nHost: test\r\n{string.Concat(fields.Select(field => $"{field}\r\n"))}\r\n");
        return Read(hasBody: !request.StartsWith("HEAD ", StringComparison.Ordinal));
    }

    /// <summary>Reads one answer, and its body as far as Content-Length says, or to the end of the stream.</summary>
    internal Task<Answer> Read(bool hasBody = true) => Deadline.OnThread(() => ReadCore(hasBody)).Within("the answer");

    /// <summary>Fails unless the server ends its side, without another byte and without a reset.</summary>
    internal async Task AssertEnd() => Assert.Empty(await Peer.ReadAll(socket).Within("the end of the connection"));

    public void Dispose() => socket.Dispose();

    private Answer ReadCore(bool hasBody)
    {
        List<byte> head = [];
        byte[] one = new byte[1];
        while (head.Count < 4 || !head[^4..].SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            Assert.True(socket.Receive(one) == 1, $"the stream ended after {head.Count} bytes of the head");
            head.Add(one[0]);
            Assert.InRange(head.Count, 1, HeadBytesMax);
        }

        string[] lines = Encoding.ASCII.GetString([.. head]).Split("\r\n");
        Assert.StartsWith("HTTP/1.1 ", lines[0], StringComparison.Ordinal);
        int status = int.Parse(lines[0].AsSpan(9, 3), CultureInfo.InvariantCulture);
        Dictionary<string, string> fields = [];
        foreach (string line in lines[1..^2])
        {
            int colon = line.IndexOf(": ", StringComparison.Ordinal);
            fields.Add(line[..colon], line[(colon + 2)..]); // No field twice.
        }

        return new Answer(status, fields, hasBody && status is not (204 or 304 or 100) ? ReadBody(fields) : []);
    }

    private byte[] ReadBody(Dictionary<string, string> fields)
    {
        if (!fields.TryGetValue("Content-Length", out string? length))
        {
            return Peer.ReadAll(socket).GetAwaiter().GetResult();
        }

        byte[] body = new byte[int.Parse(length, CultureInfo.InvariantCulture)];
        for (int done = 0, count; done < body.Length; done += count)
        {
            count = socket.Receive(body.AsSpan(done));
            Assert.True(count > 0, $"the stream ended after {done} of {body.Length} bytes of the body");
        }

        return body;
    }
}

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Zerocopy.Samples.FileServer;

/// <summary>A connection of the demo's client: asks, and hashes what comes, or counts it.</summary>
internal sealed class WebClient : IDisposable
{
    private readonly IncrementalHash? _hash;
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly byte[] _buffer = new byte[256 * 1024];
    private int _start;
    private int _end;

    internal WebClient(int port, bool isHashed)
    {
        _hash = isHashed ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
        _socket.NoDelay = true;
        _socket.Connect(IPAddress.Loopback, port);
    }

    /// <summary>Puts a file.</summary>
    internal void Put(string path, byte[] content)
    {
        Send(Encoding.ASCII.GetBytes($"PUT {path} HTTP/1.1\r\nHost: demo\r\nContent-Length: {content.Length}\r\n\r\n"));
        Send(content);
        _ = ReadHead("201", "204");
    }

    /// <summary>Gets a file, or a part of it, and adds it to the hash if there is one.</summary>
    internal void Get(string path, string? range = null)
    {
        string field = range is null ? "" : $"Range: bytes={range}\r\n";
        Send(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: demo\r\n{field}\r\n"));
        string[] head = ReadHead(range is null ? "200" : "206");
        string? length = Array.Find(head, line => line.StartsWith("Content-Length: ", StringComparison.Ordinal));
        long left = length is null ? long.MaxValue : long.Parse(length.AsSpan(16), NumberStyles.None);
        while (left > 0 && (_start < _end || Receive()))
        {
            int count = (int)Math.Min(left, _end - _start);
            _hash?.AppendData(_buffer, _start, count);
            _start += count;
            left -= count;
        }

        if (length is not null && left > 0)
        {
            throw new InvalidDataException($"{path}: {left} bytes are missing");
        }
    }

    /// <summary>The SHA-256 of what came since the last time; null: it is only counted.</summary>
    internal string? TakeHash() => _hash is null ? null : Convert.ToHexStringLower(_hash.GetHashAndReset());

    public void Dispose()
    {
        _hash?.Dispose();
        _socket.Dispose();
    }

    private string[] ReadHead(params string[] expected)
    {
        int length;
        while ((length = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n\r\n"u8)) < 0)
        {
            if (!Receive())
            {
                throw new InvalidDataException("the connection ended before the answer");
            }
        }

        string[] lines = Encoding.ASCII.GetString(_buffer, _start, length).Split("\r\n");
        _start += length + 4;
        return expected.Contains(lines[0].Split(' ')[1])
            ? lines : throw new InvalidDataException($"the server answered {lines[0]}");
    }

    private void Send(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[_socket.Send(bytes)..];
        }
    }

    private bool Receive()
    {
        if (_start == _end)
        {
            (_start, _end) = (0, 0);
        }

        int count = _socket.Receive(_buffer.AsSpan(_end));
        _end += count;
        return count > 0;
    }
}

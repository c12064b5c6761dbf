using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Zerocopy.Packages;

/// <summary>The server behind a proxy: answers each question once it has all of it.</summary>
internal sealed class AnsweringTarget : IDisposable
{
    private readonly IPEndPoint _here;
    private readonly ConcurrentDictionary<string, bool> _heard = new();
    private TcpListener? _listener;

    internal AnsweringTarget(int port)
    {
        _here = new IPEndPoint(IPAddress.Loopback, port);
        Listen();
    }

    public void Dispose() => Stop();

    internal static string AnswerTo(string question) => $"answer to {question}";

    internal void Listen()
    {
        _listener = new TcpListener(_here);
        _listener.Start(1000);
        _ = ServeAsync(_listener);
    }

    internal void Stop()
    {
        _listener?.Dispose();
        _listener = null;
    }

    /// <summary>Waits until somebody has sent so much, and perhaps goes on.</summary>
    internal Task HearsAsync(string text)
        => Patience.UntilAsync(() => _heard.ContainsKey(text), () => $"the target has not heard '{text}'");

    private async Task ServeAsync(TcpListener listener)
    {
        while (true)
        {
            try
            {
                _ = AnswerAsync(await listener.AcceptTcpClientAsync());
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return; // Stopped.
            }
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            StringBuilder question = new();
            byte[] buffer = new byte[1000];
            for (int count; (count = await client.GetStream().ReadAsync(buffer)) > 0;)
            {
                _heard[question.Append(Encoding.ASCII.GetString(buffer, 0, count)).ToString()] = true;
            }

            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(AnswerTo(question.ToString())));
        }
    }
}

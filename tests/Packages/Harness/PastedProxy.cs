using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Zerocopy.Packages;

/// <summary>A proxy that runs, its clients, and what it says.</summary>
internal sealed class PastedProxy : IDisposable
{
    private readonly Process _process;
    private readonly IPEndPoint _here;
    private readonly List<string> _said = [];

    /// <param name="process">Ended with this.</param>
    /// <param name="port">Where it listens.</param>
    internal PastedProxy(Process process, int port)
    {
        _process = process;
        _here = new IPEndPoint(IPAddress.Loopback, port);
        process.OutputDataReceived += Take;
        process.ErrorDataReceived += Take;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }

    internal Task RefusesAsync() => Patience.UntilAsync(() => !CanConnect(), () => $"it goes on listening; {All()}");

    /// <summary>Waits for so many lines with this word.</summary>
    internal Task SaysAsync(string word, int times = 1)
        => Patience.UntilAsync(
            () => Count(word) >= times, () => $"'{word}' comes {Count(word)} times, not {times}; {All()}");

    internal async Task<TcpClient> ConnectAsync()
    {
        TcpClient client = new();
        await client.ConnectAsync(_here).WaitAsync(Patience.Limit);
        return client;
    }

    /// <returns>Nothing, if the connection was closed or reset before there was an answer.</returns>
    internal async Task<string> AskAsync(string question)
    {
        try
        {
            using TcpClient client = await ConnectAsync();
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(question));
            return await AnswerAsync(client);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return "";
        }
    }

    /// <summary>Says that it has asked, and reads.</summary>
    internal static async Task<string> AnswerAsync(TcpClient client)
    {
        using StreamReader reader = new(client.GetStream(), Encoding.ASCII);
        client.Client.Shutdown(SocketShutdown.Send);
        return await reader.ReadToEndAsync().WaitAsync(Patience.Limit);
    }

    /// <summary>Ctrl-C.</summary>
    internal async Task InterruptAsync()
    {
        using Process kill = Process.Start("kill", ["-INT", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }

    internal async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience.Limit);
        return _process.ExitCode;
    }

    private bool CanConnect()
    {
        Assert.False(_process.HasExited, $"it has ended; {All()}");
        try
        {
            using TcpClient client = new();
            client.Connect(_here);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private int Count(string word)
    {
        lock (_said)
        {
            return _said.Count(line => line.Contains(word, StringComparison.Ordinal));
        }
    }

    private string All()
    {
        lock (_said)
        {
            return $"it said:\n{string.Join('\n', _said)}";
        }
    }

    private void Take(object sender, DataReceivedEventArgs line)
    {
        lock (_said)
        {
            _said.Add(line.Data ?? "");
        }
    }
}

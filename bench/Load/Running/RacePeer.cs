using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Zerocopy.Bench.Load.Running;

/// <summary>A proxy that runs, ours or somebody else's, with whatever processes it has.</summary>
internal sealed class RacePeer : IAsyncDisposable
{
    private const string ListeningState = " 0A ";
    private const int PollMs = 5;
    private const int StopMs = 8000;

    private static readonly TimeSpan s_startMax = TimeSpan.FromSeconds(30);

    private readonly Process _process;

    private RacePeer(Process process, int port)
    {
        _process = process;
        Port = port;
        Tree = new ProcessTree(process.Id);
    }

    internal int Port { get; }

    internal ProcessTree Tree { get; }

    internal static int FreePort()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>Starts it and waits until it listens, without a connection: it would dial the target.</summary>
    internal static async Task<RacePeer> StartAsync(ProcessStartInfo start, int port)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = true;
        RacePeer peer = new(Process.Start(start)!, port);
        long started = Stopwatch.GetTimestamp();
        while (!IsListening(port))
        {
            if (peer._process.HasExited || Stopwatch.GetElapsedTime(started) > s_startMax)
            {
                await peer.DisposeAsync();
                throw new BenchException($"{start.FileName} does not listen");
            }

            await Task.Delay(PollMs);
        }

        return peer;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using Process kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]); // Workers go with their master.
            await kill.WaitForExitAsync();
            if (!_process.WaitForExit(StopMs))
            {
                _process.Kill(entireProcessTree: true);
            }
        }

        _process.Dispose();
    }

    private static bool IsListening(int port)
        => File.ReadLines("/proc/net/tcp").Any(line => line.Contains($":{port:X4} ", StringComparison.Ordinal)
            && line.Contains(ListeningState, StringComparison.Ordinal));
}

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Zerocopy.Bench.Load.Running;

/// <summary>A web server with its workers.</summary>
internal sealed class WebPeer : IAsyncDisposable
{
    internal const string Wrk = "wrk";

    private const string Nginx = "nginx";
    private const int StopMs = 5000;

    private readonly Process _process;
    private readonly bool _hasWorkers;

    private WebPeer(Process process, int port, bool hasWorkers)
    {
        _process = process;
        Port = port;
        _hasWorkers = hasWorkers;
    }

    internal static bool IsWrkInstalled => Installed.Find(Wrk) is not null;

    internal static bool IsNginxInstalled => Installed.Find(Nginx) is not null;

    internal int Port { get; }

    /// <summary>User and kernel, of the process that was started and of its workers.</summary>
    internal TimeSpan CpuTime
    {
        get
        {
            TimeSpan sum = CpuOf(_process);
            foreach (int worker in _hasWorkers ? Workers() : [])
            {
                using Process process = Process.GetProcessById(worker);
                sum += CpuOf(process);
            }

            return sum;
        }
    }

    internal static async Task<WebPeer> StartSampleAsync(string root, bool copyOnly)
    {
        ProcessStartInfo start = new(
            Self.Built("FileServer", "FileServer"),
            ["--root", root, "--listen", "127.0.0.1:0", "--copy-only", copyOnly.ToString()])
        {
            RedirectStandardOutput = true,
        };
        Process process = Process.Start(start)!;
        string first = await process.StandardOutput.ReadLineAsync() ?? "";
        string[] words = first.Split(' ', ',');
        BenchException.Require(
            words.Length > 2 && IPEndPoint.TryParse(words[2], out _), $"the file server said: {first}");
        return new WebPeer(process, IPEndPoint.Parse(words[2]).Port, hasWorkers: false);
    }

    /// <summary>As many workers as cores; sendfile, and files opened for each request, as the sample does.</summary>
    internal static async Task<WebPeer> StartNginxAsync(string folder, string root)
    {
        int port = RacePeer.FreePort();
        string file = Path.Combine(folder, "nginx.conf");
        await File.WriteAllTextAsync(file, $$"""
            daemon off;
            user {{Environment.UserName}};
            worker_processes auto;
            pid {{folder}}/nginx.pid;
            error_log {{folder}}/nginx.log warn;
            events { worker_connections 1024; }
            http {
              access_log off;
              sendfile on;
              tcp_nopush on;
              keepalive_requests 1000000000;
              client_body_temp_path {{folder}}/nginx-1;
              proxy_temp_path {{folder}}/nginx-2;
              fastcgi_temp_path {{folder}}/nginx-3;
              uwsgi_temp_path {{folder}}/nginx-4;
              scgi_temp_path {{folder}}/nginx-5;
              server {
                listen 127.0.0.1:{{port}};
                root {{root}};
              }
            }
            """);
        Process process = Process.Start(new ProcessStartInfo(Installed.Find(Nginx)!, ["-p", folder, "-c", file]))!;
        for (int i = 0; i < 100; i++)
        {
            using Socket probe = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Connect(IPAddress.Loopback, port);
                return new WebPeer(process, port, hasWorkers: true);
            }
            catch (SocketException)
            {
                await Task.Delay(20);
            }
        }

        process.Kill(entireProcessTree: true);
        throw new BenchException("nginx does not listen");
    }

    public async ValueTask DisposeAsync()
    {
        using (Process kill = Process.Start("kill", ["-TERM", $"{_process.Id}"])) // Workers go with their master.
        {
            await kill.WaitForExitAsync();
        }

        if (!_process.WaitForExit(StopMs))
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private static TimeSpan CpuOf(Process process)
    {
        process.Refresh();
        return process.TotalProcessorTime;
    }

    private int[] Workers()
        => [.. File.ReadAllText($"/proc/{_process.Id}/task/{_process.Id}/children")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
}

using System.Diagnostics;
using Zerocopy.Bench.Load.Children;

namespace Zerocopy.Bench.Load.Running;

/// <summary>Who can take part in a race, and how each is set up. What has to be compiled is compiled here.</summary>
internal sealed class RaceField
{
    internal const string Kestrel = "kestrel";
    internal const string HaProxy = "haproxy";
    internal const string HaProxyCopy = "haproxy-copy";
    internal const string Nginx = "nginx";
    internal const string Go = "go";
    internal const string Socat = "socat";
    internal const string CLimit = "c-limit";

    private const string Gcc = "gcc";
    private const int SocatBufferBytes = 128 * 1024;

    private static readonly string? s_streamModule = new[] { "/usr/lib/nginx/modules", "/usr/lib64/nginx/modules" }
        .Select(folder => Path.Combine(folder, "ngx_stream_module.so")).FirstOrDefault(File.Exists);

    /// <summary>Each with its program and the version of that; null: not installed.</summary>
    private static readonly Dictionary<string, string?> s_versions = new()
    {
        [HaProxy] = VersionOf(HaProxy, "-v"),
        [HaProxyCopy] = VersionOf(HaProxy, "-v"),
        [Nginx] = s_streamModule is null ? null : VersionOf(Nginx, "-v"),
        [Go] = GoPeer.Version,
        [Socat] = VersionOf(Socat, "-V"),
        [CLimit] = VersionOf(Gcc, "-dumpfullversion"),
    };

    private readonly string _folder;
    private readonly string _address;

    /// <param name="folder">For programs and settings.</param>
    /// <param name="address">Where all of them listen.</param>
    internal RaceField(string folder, string address)
    {
        _folder = folder;
        _address = address;
        if (s_versions[Go] is not null)
        {
            GoPeer.Build(Path.Combine(folder, Go), "ioproxy.go");
        }

        if (s_versions[CLimit] is not null)
        {
            string source = Path.Combine(Self.Root, "bench", "Load", "Peers", "limit.c");
            string program = Path.Combine(folder, CLimit);
            string output = Installed.OutputOf(Gcc, "-O2", "-o", program, source);
            BenchException.Require(File.Exists(program), $"gcc failed: {output}");
        }
    }

    /// <summary>Everybody, or the sample proxy against that of another build.</summary>
    internal static Contender[] Of(RunOptions options)
        => options.Against is { } program
            ? [.. s_contenders[..2], new(Contender.Against, RelayKind.Zerocopy, program)] : s_contenders;

    private static readonly Contender[] s_contenders =
    [
        new(Contender.Subject, RelayKind.Zerocopy),
        new(Contender.Again, RelayKind.Zerocopy),
        new(Contender.CopyOnly, RelayKind.CopyOnly),
        new(Contender.NetworkStream, RelayKind.NetworkStream),
        new(Kestrel, Kestrel),
        .. s_versions.Where(peer => peer.Value is not null).Select(peer => new Contender(peer.Key, peer.Key)),
        new(Contender.Direct, null),
    ];

    /// <summary>Versions of what is installed.</summary>
    internal static Dictionary<string, string> Versions { get; } =
        s_versions.Where(peer => peer.Value is not null).ToDictionary(peer => peer.Key, peer => peer.Value!);

    /// <summary>Who cannot take part, as it is not installed.</summary>
    internal static string[] Missing { get; } = [.. s_versions.Keys.Except(Versions.Keys)];

    internal Task<RacePeer> StartAsync(Contender contender, string target)
    {
        int port = RacePeer.FreePort();
        return RacePeer.StartAsync(Command(contender, port, target), port);
    }

    private ProcessStartInfo Command(Contender contender, int port, string target)
    {
        string kind = contender.Kind!;
        string listen = $"{_address}:{port}";
        string[] proxy = ["--listen", listen, "--connect", target, "--until-input-ends"];
        return kind switch
        {
            RelayKind.Zerocopy => new(Self.Built("Proxy", "Proxy", contender.Program), proxy),
            RelayKind.CopyOnly => new(Self.Built("Proxy", "Proxy"), [.. proxy, "--copy-only"]),
            RelayKind.NetworkStream => Self.Command(ChildProgram.Verb, "relay", kind, listen, target),
            Kestrel => new(Self.Built("Kestrel", "Zerocopy.Bench.Kestrel"), [listen, target]),
            HaProxy => new(
                Installed.Find(HaProxy)!, ["-db", "-f", Settings(port, HaProxySettings(listen, target, true))]),
            HaProxyCopy => new(
                Installed.Find(HaProxy)!, ["-db", "-f", Settings(port, HaProxySettings(listen, target, false))]),
            Nginx => new(
                Installed.Find(Nginx)!, ["-p", _folder, "-c", Settings(port, NginxSettings(port, listen, target))]),
            Socat => new(Installed.Find(Socat)!,
            [
                "-b", $"{SocatBufferBytes}",
                $"TCP4-LISTEN:{port},bind={_address},fork,reuseaddr,nodelay,backlog=512",
                $"TCP4:{target},nodelay",
            ]),
            Go or CLimit => new(Path.Combine(_folder, kind), [listen, target]),
            _ => throw new ArgumentException($"no such proxy: {kind}"),
        };
    }

    /// <summary>A file of its own for each start.</summary>
    private string Settings(int port, string text)
    {
        string file = Path.Combine(_folder, $"{port}.conf");
        File.WriteAllText(file, text);
        return file;
    }

    /// <summary>As many threads as cores, which is its default.</summary>
    private static string HaProxySettings(string listen, string target, bool splices) => $"""
        global
          maxconn 7000
        defaults
          mode tcp
          timeout connect 5s
          timeout client 60s
          timeout server 60s
          {(splices ? "option splice-auto" : "")}
        listen race
          bind {listen}
          server target {target}

        """;

    private string NginxSettings(int port, string listen, string target) => $$"""
        load_module {{s_streamModule}};
        daemon off;
        user {{Environment.UserName}};
        worker_processes 1;
        worker_rlimit_nofile 16384;
        pid {{_folder}}/{{port}}.pid;
        error_log {{_folder}}/nginx.log warn;
        events { worker_connections 16384; }
        stream {
          server {
            listen {{listen}};
            proxy_pass {{target}};
            proxy_buffer_size 64k;
          }
        }

        """;

    private static string? VersionOf(string program, string argument)
        => Installed.Find(program) is null ? null : Installed.VersionOf(program, argument);
}

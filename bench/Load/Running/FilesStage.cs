using System.Diagnostics;
using Zerocopy.Bench.Load.Children;

namespace Zerocopy.Bench.Load.Running;

/// <summary><c>run --only files</c>: whole files, and streams that become files, one after another. Its pairs say from
/// what to what.</summary>
internal sealed class FilesStage : IStage
{
    private const string FileToTcp = "file-tcp";
    private const string TcpToFile = "tcp-file";
    private const string FileToFile = "file-file";
    private const string ProcessToTcp = "process-tcp";

    private static readonly Contender s_go = new(MoverKind.Go, MoverKind.Go);
    private static readonly Contender s_sendFile = new(MoverKind.SendFile, MoverKind.SendFile);
    private static readonly Contender s_fileCopy = new(MoverKind.FileCopy, MoverKind.FileCopy);

    private static readonly Contender[] s_everywhere =
    [
        new(Contender.Subject, MoverKind.Zerocopy),
        new(Contender.Again, MoverKind.Zerocopy),
        new(MoverKind.StreamCopy, MoverKind.StreamCopy),
        .. GoPeer.IsInstalled ? [s_go] : Array.Empty<Contender>(),
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("zerocopy-files-").FullName;
    private readonly Dictionary<string, ChildProcess> _movers = [];
    private readonly RunOptions _options;

    private ChildProcess? _sender;
    private ChildProcess? _receiver;

    private FilesStage(RunOptions options) => _options = options;

    internal static string[] Pairs { get; } = [FileToTcp, TcpToFile, FileToFile, ProcessToTcp];

    private TimeSpan Duration => TimeSpan.FromSeconds(_options.Seconds);

    internal static Scene Scene(RunOptions options) => new(
        [.. options.Pairs.SelectMany(pair => options.Sizes.Select(size => new Cell(Cell.Files, pair, size, 1)))],
        cell => cell.Pair switch
        {
            FileToTcp => [.. s_everywhere, s_sendFile],
            FileToFile => [.. s_everywhere, s_fileCopy],
            _ => s_everywhere,
        },
        () =>
        {
            FilesStage stage = new(options);
            return IStage.StartAsync(stage, stage.StartAsync);
        });

    public async Task<Measurement> TakeAsync(Cell cell, Contender contender, int rep)
    {
        ChildProcess mover = _movers[contender.Name];
        Usage before = await Usage.AskAsync(mover, "cpu");
        (long bytes, double seconds) = cell.Pair switch
        {
            TcpToFile => await StoreAsync(cell, mover),
            FileToFile => await CopyAsync(cell, mover, Written(contender.Name)),
            _ => await SendAsync(cell, mover),
        };
        Usage used = await Usage.AskAsync(mover, "drain") - before;
        long counted = used.Moved.Spliced + used.Moved.Buffered;
        BenchException.Require(counted == bytes, $"moved {bytes} bytes, it counted {counted}");
        if (cell.Pair is TcpToFile or FileToFile)
        {
            WrittenFile.Take(Written(contender.Name), cell.Bytes, _options.Verify);
        }

        return Measurement.Of(cell, contender, rep) with
        {
            MbS = Math.Round(bytes / 1e6 / seconds, 2),
            CpuSGb = used.CpuSGb(bytes),
            SplicedShare = contender.Kind == MoverKind.Zerocopy
                ? Math.Round((double)used.Moved.Spliced / bytes, 4) : null,
        };
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ChildProcess? child in _movers.Values.Append(_sender).Append(_receiver))
        {
            if (child is not null)
            {
                await child.DisposeAsync();
            }
        }

        Directory.Delete(_folder, recursive: true);
    }

    private string Source(int bytes) => Path.Combine(_folder, $"source-{bytes}");

    private string Written(string contender) => Path.Combine(_folder, $"written-{contender}");

    private async Task<(long Bytes, double Seconds)> SendAsync(Cell cell, ChildProcess mover)
    {
        _receiver!.Command($"receive tcp {cell.Bytes} {_options.Verify} {cell.Bytes}");
        string source = cell.Pair == ProcessToTcp ? "process" : "file";
        mover.Command($"send {source} {Source(cell.Bytes)} {_receiver.Ready[0]} {_options.Seconds}");
        string[] moved = await mover.ExpectAsync("moved", Duration);
        string[] received = await _receiver.ExpectAsync("received", Duration);
        long bytes = long.Parse(moved[0]) * cell.Bytes;
        BenchException.Require(received[0] == $"{bytes}", $"sent {bytes} bytes, received {received[0]}");
        return (bytes, double.Parse(received[1]));
    }

    private async Task<(long Bytes, double Seconds)> StoreAsync(Cell cell, ChildProcess mover)
    {
        string[] sent = await _sender!.AskAsync(
            $"upload {mover.Ready[0]} {cell.Bytes} {_options.Seconds}", "sent", Duration);
        return (long.Parse(sent[0]), double.Parse(sent[1]));
    }

    private async Task<(long Bytes, double Seconds)> CopyAsync(Cell cell, ChildProcess mover, string written)
    {
        string[] moved = await mover.AskAsync(
            $"copy {Source(cell.Bytes)} {written} {_options.Seconds}", "moved", Duration);
        return (long.Parse(moved[0]) * cell.Bytes, double.Parse(moved[1]));
    }

    private async Task StartAsync()
    {
        foreach (int size in _options.Sizes)
        {
            WrittenFile.Make(Source(size), size);
        }

        _receiver = await ChildProcess.StartAsync(
            Network.Loopback.Target, "receiver", Path.Combine(_folder, "target"), Network.Loopback.Target.Address);
        _sender = await ChildProcess.StartAsync(Network.Loopback.Client, "sender");
        foreach (Contender contender in (Contender[])[.. s_everywhere, s_sendFile, s_fileCopy])
        {
            string written = Written(contender.Name);
            _movers[contender.Name] = contender == s_go
                ? await ChildProcess.StartAsync(new ProcessStartInfo(BuildGo(), [written]), MoverKind.Go)
                : await ChildProcess.StartAsync(Network.Loopback.Relay, "mover", contender.Kind!, written);
        }
    }

    private string BuildGo()
    {
        string program = Path.Combine(_folder, "iocopy");
        GoPeer.Build(program, "iocopy.go");
        return program;
    }
}

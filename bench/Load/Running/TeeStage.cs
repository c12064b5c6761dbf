using Zerocopy.Bench.Load.Children;

namespace Zerocopy.Bench.Load.Running;

/// <summary><c>run --only tee</c>: throughput through a relay that also makes a copy, in a file or for a second
/// receiver. Its pairs say where the copy goes.</summary>
internal static class TeeStage
{
    internal const string ToFile = "file";
    internal const string ToSocket = "socket";

    private static readonly Contender[] s_contenders =
    [
        new(Contender.Subject, RelayKind.Zerocopy),
        new(Contender.Again, RelayKind.Zerocopy),
        new(Contender.CopyOnly, RelayKind.CopyOnly),
        new(Contender.ReadWrite, RelayKind.ReadWrite),
    ];

    internal static string[] Pairs { get; } = [ToFile, ToSocket];

    internal static Scene Scene(RunOptions options) => new(
        [.. options.Pairs.SelectMany(pair => options.Sizes.Select(size => new Cell(Cell.Tee, pair, size, 1)))],
        _ => s_contenders,
        () => Stage.SetAsync(
            "tcp-tcp",
            s_contenders,
            isMirrored: true,
            Network.Loopback,
            async (stage, cell, contender, rep) =>
            {
                string file = Path.Combine(options.TeeFolder, $"zerocopy-tee-{Environment.ProcessId}");
                try
                {
                    return await TakeAsync(stage, cell, contender, options, file) with { Rep = rep };
                }
                finally
                {
                    File.Delete(file);
                }
            }));

    private static async Task<Measurement> TakeAsync(
        Stage stage, Cell cell, Contender contender, RunOptions options, string file)
    {
        TimeSpan duration = TimeSpan.FromSeconds(options.Seconds);
        ChildProcess relay = stage.RelayOf(contender)!;
        bool toFile = cell.Pair == ToFile;
        string receive = $"receive tcp {cell.Bytes} {options.Verify} 0";
        await relay.AskAsync($"mirror {(toFile ? $"file:{file}" : stage.Copies.Ready[0])} 0", "mirroring");
        Usage before = await Usage.AskAsync(relay, "cpu");
        stage.Receiver.Command(receive);
        if (!toFile)
        {
            stage.Copies.Command(receive);
        }

        stage.Sender.Command($"send {relay.Ready[0]} {cell.Bytes} {options.Seconds} {options.Verify}");
        string[] received = await stage.Receiver.ExpectAsync("received", duration);
        string[] copied = toFile ? received : await stage.Copies.ExpectAsync("received", duration);
        string[] sent = await stage.Sender.ExpectAsync("sent", duration);
        Usage used = await Usage.AskAsync(relay, "drain") - before;

        long bytes = long.Parse(received[0]);
        BenchException.Require(bytes == long.Parse(sent[0]), $"sent {sent[0]} bytes, received {bytes}");
        BenchException.Require(bytes == long.Parse(copied[0]), $"received {bytes} bytes, copied {copied[0]}");
        if (toFile)
        {
            WrittenFile.Take(file, bytes, options.Verify);
        }

        if (contender.Counts)
        {
            ByteCounts moved = used.Moved;
            BenchException.Require(moved.Spliced + moved.Buffered == bytes, $"{bytes} bytes, it counted {moved}");
            BenchException.Require(moved.Teed + moved.Copied == bytes, $"{bytes} bytes, the mirror counted {moved}");
            BenchException.Require(
                contender.Name != Contender.CopyOnly || moved.Spliced + moved.Teed == 0, $"copy-only: {moved}");
        }

        double? Share(long part) => contender.Counts ? Math.Round((double)part / bytes, 4) : null;
        return Measurement.Of(cell, contender, rep: 0) with
        {
            // The slower of the two has to have everything.
            MbS = Math.Round(bytes / 1e6 / Math.Max(double.Parse(received[1]), double.Parse(copied[1])), 2),
            CpuSGb = used.CpuSGb(bytes),
            SplicedShare = Share(used.Moved.Spliced),
            TeedShare = Share(used.Moved.Teed),
            CopiedShare = Share(used.Moved.Copied),
        };
    }
}

// Many relays whose peers do not read, under a limit of the collector's heap; beside them some that do.
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Faults;

/// <summary>Arguments: tcp or unix, how many stalled relays, and the marks of the budget or nothing.</summary>
internal sealed class StalledRelaysChild : IChild
{
    private const int Readers = 8;
    private const int SliceMs = 250;
    private const int SlicesMin = 5;
    private const int SlicesMax = 24; // Others use this machine as well: half the speed must be seen once.

    private readonly List<Task<RelayResult>> _relays = [];
    private Process _peers = null!;

    public int Run(string[] args)
    {
        int count = int.Parse(args[1], CultureInfo.InvariantCulture);
        if (args.Length > 2)
        {
            AppContext.SetData(BlockBudget.FirstMarkSetting, args[2]);
            AppContext.SetData(BlockBudget.SecondMarkSetting, args[3]);
        }

        string folder = Directory.CreateTempSubdirectory("zerocopy-").FullName;
        using Socket left = Listen(args[0], Path.Combine(folder, "left"));
        using Socket right = Listen(args[0], Path.Combine(folder, "right"));
        _peers = Start(left.LocalEndPoint!, right.LocalEndPoint!);
        Task relaying = RelayAll(left, right, Readers + count);
        Assert.Equal("started", Ask($"readers {Readers}"));
        _ = Measure(); // Warm.
        long without = Enumerable.Range(0, SlicesMin).Select(_ => Measure()).Order().ElementAt(SlicesMin / 2);
        string stalled = Ask($"stall {count}");
        relaying.Within("all relays to begin", 20_000).GetAwaiter().GetResult();
        long blocks = BlockBudget.Process.Bytes;
        long with = 0;
        for (int slice = 0; slice < SlicesMin || (slice < SlicesMax && with < without / 2); slice++)
        {
            with = Math.Max(with, Measure());
        }

        Assert.Equal("drained", Ask("drain 0"));
        RelayResult[] results = Task.WhenAll(_relays.Skip(Readers)).Within("the stalled relays", 20_000)
            .GetAwaiter().GetResult();
        Assert.All(results, result => Assert.Equal(RelayEnd.EndOfStream, result.EndedBy));
        Assert.All(results, result => Assert.Equal(
            StalledPeersChild.StalledBytes, result.LeftToRight.BytesWritten));
        long peeked = LoopGroup.Default.Hosts.Sum(host => host.Resources.Totals.PeekedBytes);
        Console.WriteLine(
            $"{count} relays {stalled}: {without >> 20} MB/s, beside them {with >> 20}; blocks {blocks >> 10} KiB, " +
            $"peeked {peeked >> 20} MiB, heap {GC.GetGCMemoryInfo().HeapSizeBytes >> 20} MiB");
        Assert.True(with >= without / 2, $"{with} bytes a second beside the stalled relays, {without} without");
        Assert.InRange(blocks, 1, BlockBudget.Process.SecondMark + (BlockPool.LargeBytes * 8));
        Assert.True(args.Length == 2 || peeked > 0, "nothing was peeked");
        _peers.StandardInput.Close();
        _peers.Kill();
        Directory.Delete(folder, recursive: true);
        Console.WriteLine("done");
        return 0;
    }

    private static Socket Listen(string family, string path)
    {
        EndPoint endPoint = family == "tcp"
            ? new IPEndPoint(IPAddress.Loopback, 0) : new UnixDomainSocketEndPoint(path);
        Socket listener = StalledPeersChild.Make(endPoint);
        listener.Bind(endPoint);
        listener.Listen(1024);
        return listener;
    }

    private static Process Start(EndPoint left, EndPoint right)
    {
        ProcessStartInfo start = new(
            Environment.ProcessPath!,
            [ChildProcess.Word, typeof(StalledPeersChild).FullName!, left.ToString()!, right.ToString()!])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        _ = start.Environment.Remove("DOTNET_GCHeapHardLimit");
        return Process.Start(start)!;
    }

    private async Task RelayAll(Socket left, Socket right, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Socket from = await left.AcceptAsync();
            Socket to = await right.AcceptAsync();
            _relays.Add(Relay.RunAsync(from, to, new RelayOptions { CloseEndpoints = true }).AsTask());
        }
    }

    private long Measure() => long.Parse(Ask($"measure {SliceMs}"), CultureInfo.InvariantCulture);

    private string Ask(string line)
    {
        _peers.StandardInput.WriteLine(line);
        return _peers.StandardOutput.ReadLine() ?? throw new InvalidOperationException("the peers have ended");
    }
}

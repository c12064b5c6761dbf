// What this process holds at a moment.
using System.Globalization;

namespace Zerocopy.Soak;

/// <param name="Descriptors">How many of each kind.</param>
/// <param name="Threads">Without those of the peers and of the pool.</param>
/// <param name="PoolThreads">The pool's.</param>
/// <param name="ManagedBytes">On the collector's heap, without the peers' buffers; after a collection if asked
/// for.</param>
/// <param name="PrivateBytes">Resident, and nobody else's, without the peers' stacks.</param>
/// <param name="CommittedBytes">By the collector: a part of them.</param>
/// <param name="Blocks">Of the library's memory, that are rented.</param>
/// <param name="Pages">Of pipes, that the library has counted as in use.</param>
/// <param name="Registrations">Descriptors that its loops watch, without the listeners of the servers that live on.
/// </param>
/// <param name="Connections">Of those.</param>
internal sealed record Sample(
    IReadOnlyDictionary<string, int> Descriptors,
    int Threads,
    int PoolThreads,
    long ManagedBytes,
    long PrivateBytes,
    long CommittedBytes,
    int Blocks,
    long Pages,
    int Registrations,
    long Connections)
{
    internal static string[] Kinds { get; } = ["socket", "pipe", "eventfd", "file", "other"];

    internal long UnmanagedBytes => PrivateBytes - CommittedBytes;

    /// <summary>As it is, while everything goes on.</summary>
    internal static Sample Take()
    {
        FlowHost[] hosts = [.. LoopGroup.Default.Hosts, .. SharedServers.OwnGroup.Hosts];
        int pool = ThreadPool.ThreadCount;
        return new Sample(
            CountDescriptors(),
            Directory.GetDirectories("/proc/self/task").Length - Crew.Count - pool,
            pool,
            GC.GetTotalMemory(forceFullCollection: false) - (Crew.Count * Crew.BufferBytes),
            ReadPrivateBytes() - (Crew.Count * Crew.StackBytes),
            GC.GetGCMemoryInfo().TotalCommittedBytes,
            LibraryCaches.All.Sum(resources => resources.Blocks.Rented),
            PageBudget.Process.PagesInUse,
            hosts.Sum(host => host.Loop.WatchCount) - SharedServers.Watches,
            SharedServers.Active);
    }

    /// <summary>What is left when nothing runs: descriptors as the rounds left them, before a finalizer could close
    /// any; then memory after a collection.</summary>
    internal static async Task<Sample> TakeAtRestAsync()
    {
        // A mirror that was left behind may still take for a moment what it was given, and who has given something back
        // may not have closed it yet: two looks have to agree.
        Sample now = Take();
        bool areAgreed = false;
        for (int i = 0; i < 100 && !areAgreed; i++)
        {
            Sample before = now;
            await Task.Delay(50);
            LibraryCaches.Trim();
            now = Take();
            areAgreed = before.IsAtRest && now.IsAtRest
                && Kinds.All(kind => before.Descriptors[kind] == now.Descriptors[kind]);
        }

        for (int i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true); // Gives back what it can.
        return Take() with { Descriptors = now.Descriptors };
    }

    public override string ToString()
        => $"fds {string.Join(", ", Kinds.Select(kind => $"{Descriptors[kind]} {kind}"))}; "
            + $"{Threads} + {PoolThreads} threads; "
            + $"MiB {Mib(ManagedBytes):f1} managed, {Mib(PrivateBytes):f0} private";

    internal static double Mib(long bytes) => bytes / (double)(1 << 20);

    /// <summary>The library has nothing but its caches any more.</summary>
    private bool IsAtRest => Blocks == 0 && Pages == 0 && Registrations == 0 && Connections == 0;

    private static Dictionary<string, int> CountDescriptors()
    {
        Dictionary<string, int> counts = Kinds.ToDictionary(kind => kind, _ => 0);
        foreach (string path in Directory.GetFileSystemEntries("/proc/self/fd"))
        {
            // The descriptor of the listing itself is gone by now. Assemblies are opened when the runtime likes.
            if (new FileInfo(path).LinkTarget is { } target && !target.EndsWith(".dll", StringComparison.Ordinal)
                && !target.EndsWith(".pdb", StringComparison.Ordinal))
            {
                counts[KindOf(target)]++;
            }
        }

        return counts;
    }

    private static string KindOf(string target)
        => target.StartsWith("socket:", StringComparison.Ordinal) ? "socket"
            : target.StartsWith("pipe:", StringComparison.Ordinal) ? "pipe"
            : target.Contains("[eventfd]", StringComparison.Ordinal) ? "eventfd"
            : target.StartsWith(SoakFiles.Folder, StringComparison.Ordinal) ? "file"
            : "other";

    private static long ReadPrivateBytes()
    {
        string line = File.ReadLines("/proc/self/status").First(
            line => line.StartsWith("RssAnon:", StringComparison.Ordinal));
        string kib = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        return long.Parse(kib, CultureInfo.InvariantCulture) * 1024;
    }
}

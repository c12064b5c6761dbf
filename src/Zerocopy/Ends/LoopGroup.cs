namespace Zerocopy;

/// <summary>A fixed number of event loops, each with its own pipes and blocks, made as they are first used.</summary>
internal sealed class LoopGroup : IDisposable
{
    /// <summary>How many loops there can be in one group.</summary>
    internal const int CountMax = 64;

    private const string CountSetting = "Zerocopy.LoopCount";
    private const int DefaultCountMax = 8;

    private static LoopGroup? s_default;

    private readonly Lock _lock = new();
    private readonly FlowHost?[] _hosts;
    private readonly string _name;

    /// <param name="name">Of its threads.</param>
    /// <param name="count">1 to <see cref="CountMax"/>.</param>
    internal LoopGroup(string name, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, CountMax);
        _name = name;
        _hosts = new FlowHost?[count];
    }

    /// <summary>Those of the process: they live as long as it does. How many is settled at their first use.</summary>
    /// <exception cref="InvalidOperationException">The setting of their number is none.</exception>
    internal static LoopGroup Default
        => Volatile.Read(ref s_default)
            ?? Interlocked.CompareExchange(ref s_default, new LoopGroup("Zerocopy", DefaultCount()), null)
            ?? s_default;

    internal int Count => _hosts.Length;

    /// <summary>The loops made so far.</summary>
    internal IEnumerable<FlowHost> Hosts => _hosts.OfType<FlowHost>();

    /// <summary>One of them, made if need be.</summary>
    internal FlowHost this[int index]
    {
        get
        {
            if (Volatile.Read(ref _hosts[index]) is { } host)
            {
                return host;
            }

            lock (_lock) // Not Lazy: that would keep a failure for want of descriptors for ever.
            {
                return _hosts[index] ??= new FlowHost(EventLoop.Start($"{_name} {index}"), MoveResources.OfLoop());
            }
        }
    }

    /// <summary>The loop of a pair of handles: the same for both directions and for the same pair again.</summary>
    internal FlowHost ForPair(object a, object b)
    {
        uint hash = (uint)(a.GetHashCode() + b.GetHashCode()); // Not xor: a handle with itself would always be 0.
        uint index = (hash * 2654435769u) >> 16; // Fibonacci hashing: handles' hash codes differ in few bits.
        return this[(int)(index % (uint)_hosts.Length)];
    }

    /// <summary>Stops its threads, which must have nothing left to do, and lets go of what they have cached.</summary>
    public void Dispose()
    {
        foreach (FlowHost host in Hosts)
        {
            host.Loop.Stop();
            host.Resources.Trim();
        }
    }

    // Half of the cores: as many loops as cores fight with the peers for them, and the slowest message pays for it
    // (decision 0008).
    private static int DefaultCount()
        => (int)(AppSetting.Parse(CountSetting, AppContext.GetData(CountSetting), 1, CountMax, $"1 to {CountMax}")
            ?? Math.Clamp(Environment.ProcessorCount / 2, 1, DefaultCountMax));
}

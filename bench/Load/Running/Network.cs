using System.Diagnostics;

namespace Zerocopy.Bench.Load.Running;

/// <summary>Where the processes of a measurement are.</summary>
/// <param name="Name">As <c>--net</c> takes it.</param>
/// <param name="Client">Of the sender.</param>
/// <param name="Relay">Of the relays, and of this process.</param>
/// <param name="Target">Of the receiver.</param>
internal sealed record Network(string Name, Place Client, Place Relay, Place Target)
{
    private static readonly Place s_loopback = new("127.0.0.1", null);

    /// <summary>All on the loopback device.</summary>
    internal static Network Loopback { get; } = new("lo", s_loopback, s_loopback, s_loopback);

    /// <summary>Each in a network namespace of its own, two cables between them, Ethernet's usual MTU of 1,500. Who has
    /// no relay is routed. See <see cref="NetworkNamespace"/>.</summary>
    internal static Network Veth { get; } = new(
        "veth", new Place("10.198.1.2", "client"), new Place("10.198.1.1", null), new Place("10.198.2.2", "target"));

    internal static Network Of(string? name)
        => name is null || name == Loopback.Name ? Loopback
            : name == Veth.Name ? Veth
            : throw new BenchException($"--net: {name} is none of {Loopback.Name}, {Veth.Name}");
}

/// <param name="Address">Where others reach it, and it listens.</param>
/// <param name="Namespace">As ip(8) knows it; null: that of this process.</param>
internal sealed record Place(string Address, string? Namespace)
{
    /// <summary>How a program is started there.</summary>
    internal ProcessStartInfo At(ProcessStartInfo start)
        => Namespace is null
            ? start : new ProcessStartInfo("ip", ["netns", "exec", Namespace, start.FileName, .. start.ArgumentList]);
}

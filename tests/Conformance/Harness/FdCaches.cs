// Descriptors that are kept open on purpose, so that what is left over is a leak.
using System.Diagnostics;
using System.Net.Sockets;
using System.Reflection;

namespace Zerocopy.Conformance.Harness;

/// <summary>What the library and the runtime keep open on purpose.</summary>
internal static class FdCaches
{
    private static readonly OperationCache<CallerHome> s_callers =
        (OperationCache<CallerHome>)Field(typeof(CallerHome), "s_cache").GetValue(null)!;

    private static readonly FieldInfo s_waiter = Field(typeof(CallerHome), "_waiter");
    private static readonly FieldInfo s_wake = Field(typeof(PollWaiter), "_wake");
    private static bool s_isWarm;

    /// <summary>Closes the pooled pipes, and the event counters of cached sync calls.</summary>
    internal static void Empty()
    {
        MoveResources[] all = [.. LoopGroup.Default.Hosts.Select(host => host.Resources), MoveResources.Shared];
        foreach (MoveResources resources in all)
        {
            resources.Pipes?.Trim();
        }

        while (s_callers.TryTake() is { } caller)
        {
            if (s_waiter.GetValue(caller) is PollWaiter waiter)
            {
                ((IDisposable?)s_wake.GetValue(waiter))?.Dispose();
            }
        }
    }

    /// <summary>Starts what is started once in a process and then stays: the loops, .NET's socket engine, the watcher
    /// of child processes, sources of random bytes.</summary>
    internal static void WarmUp()
    {
        if (s_isWarm)
        {
            return;
        }

        s_isWarm = true;
        for (int i = 0; OperatingSystem.IsLinux() && i < LoopGroup.Default.Count; i++)
        {
            _ = LoopGroup.Default[i];
        }

        foreach (Family family in Enum.GetValues<Family>())
        {
            foreach (Origin origin in Enum.GetValues<Origin>())
            {
                using Rig rig = new(family, family, origin);
                rig.Writer.Send("warm"u8);
                rig.Writer.Shutdown(SocketShutdown.Send);
                foreach (Call call in Enum.GetValues<Call>())
                {
                    _ = rig.Start(call).GetAwaiter().GetResult();
                }
            }
        }

        using (Process child = Process.Start(new ProcessStartInfo("/bin/true") { RedirectStandardOutput = true })!)
        {
            child.WaitForExit();
        }

        _ = Path.GetRandomFileName() + Guid.NewGuid() + new Random().Next();
        Task.Delay(1).GetAwaiter().GetResult();
    }

    private static FieldInfo Field(Type type, string name)
        => type.GetField(name, BindingFlags.Static | BindingFlags.Instance | BindingFlags.NonPublic)
            ?? throw new MissingFieldException(type.Name, name);
}

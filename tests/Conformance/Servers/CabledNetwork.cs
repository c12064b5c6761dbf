// A second network, and a cable to it that can be cut.
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Files;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Servers;

/// <summary>For a process that is in a network of its own, and may do there what it likes. The second one is that of
/// a thread: what it opens is there, and usable from here.</summary>
internal sealed class CabledNetwork : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Task _thread;

    private CabledNetwork() => _thread = Deadline.OnThread(() =>
    {
        foreach (Action action in _work.GetConsumingEnumerable())
        {
            action();
        }
    });

    /// <summary>True if this user can make one.</summary>
    internal static bool IsPossible => Libc.UserId == 0 && Mount.Run(
        "unshare", "--net", "--mount", "sh", "-c",
        "ip link add zc0 type veth peer name zc1 && mount -t tmpfs tmpfs /mnt");

    internal static IPAddress Here { get; } = new([10, 98, 76, 1]);

    /// <summary>Two addresses, as a resolver likes them: the first is nobody's, and what is sent there is lost without
    /// a word.</summary>
    internal static IPAddress[] There { get; } = [new([10, 98, 76, 2]), new([10, 98, 76, 3])];

    internal static string Name => "upstream.test";

    internal static CabledNetwork Make()
    {
        CabledNetwork network = new();
        int thread = network.Do(() =>
        {
            Assert.True(Libc.EnterOwnNetwork());
            return Libc.ThreadId;
        });
        string hosts = Path.GetTempFileName();
        File.WriteAllLines(hosts, There.Select(address => $"{address} {Name}"));
        Sh($"mount --bind {hosts} /etc/hosts");
        Sh("ip link set lo up");
        Sh(string.Create(CultureInfo.InvariantCulture, $"ip link add zc0 type veth peer name zc1 netns {thread}"));
        Sh($"ip addr add {Here}/24 dev zc0");
        Sh("ip link set zc0 up");
        IPAddress[] found = Dns.GetHostAddresses(Name);
        Assert.Equal(There.Length, found.Length);
        found.CopyTo(There, 0);
        Sh($"ip neigh add {There[0]} lladdr 02:00:0a:62:4c:ff dev zc0 nud permanent"); // A card that nobody has.
        network.Do(() => Sh($"ip addr add {There[1]}/24 dev zc1"));
        network.Plug(isIn: true);
        File.Delete(hosts);
        return network;
    }

    /// <summary>A socket that listens at the second address.</summary>
    internal Socket Listen() => Do(() =>
    {
        Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(There[1], 0));
        listener.Listen();
        return listener;
    });

    /// <summary>Plugs the cable in, or pulls it out.</summary>
    internal void Plug(bool isIn) => Do(() => Sh($"ip link set zc1 {(isIn ? "up" : "down")}"));

    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.GetAwaiter().GetResult();
        _work.Dispose();
    }

    private static bool Sh(string command)
    {
        Assert.True(Mount.Run("sh", "-c", command), $"`{command}` failed");
        return true;
    }

    /// <summary>Does something there.</summary>
    private T Do<T>(Func<T> work)
    {
        TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        return done.Task.GetAwaiter().GetResult();
    }
}

using System.Diagnostics;

namespace Zerocopy.Bench.Load.Running;

/// <summary>A network of our own, where the congestion control can be chosen without changing the machine's, and which
/// others can be joined to.</summary>
internal static class NetworkNamespace
{
    /// <summary>What <c>automake</c> and its kin take for "skipped".</summary>
    internal const int Skipped = 77;

    private const string InsideVariable = "ZEROCOPY_BENCH_IN_NAMESPACE";
    private const string Settings = "/proc/sys/net/ipv4/";
    private const string ReusePorts = "tcp_tw_reuse"; // Or a minute of churn leaves no port to dial from.
    private const string CongestionControl = "tcp_congestion_control";
    private const string AllowedFile = Settings + "tcp_allowed_congestion_control";

    internal static bool IsInside => Environment.GetEnvironmentVariable(InsideVariable) == "1";

    /// <summary>Runs this program again inside, with the same arguments.</summary>
    /// <param name="congestionControl">Null: as it is.</param>
    /// <param name="arguments">Of this program.</param>
    internal static int Enter(string? congestionControl, string[] arguments)
    {
        if (!IsPossible())
        {
            Console.WriteLine("skipped: --cc and --net need root and ip(8), for a network namespace of their own");
            return Skipped;
        }

        return congestionControl is null ? Unshare(arguments) : EnterAllowed(congestionControl, arguments);
    }

    /// <summary>A root without its powers cannot: in most containers.</summary>
    private static bool IsPossible()
    {
        if (!Environment.IsPrivilegedProcess || Installed.Find("ip") is null || Installed.Find("unshare") is null)
        {
            return false;
        }

        using Process trial = Process.Start("unshare", "--net --mount true");
        trial.WaitForExit();
        return trial.ExitCode == 0;
    }

    private static int EnterAllowed(string congestionControl, string[] arguments)
    {
        // A namespace may only choose among what the machine allows; what we add is taken away again.
        string allowed = File.ReadAllText(AllowedFile).Trim();
        bool added = !allowed.Split(' ').Contains(congestionControl);
        try
        {
            if (added)
            {
                File.WriteAllText(AllowedFile, $"{allowed} {congestionControl}");
            }

            return Unshare(arguments);
        }
        catch (IOException e)
        {
            throw new BenchException($"no congestion control {congestionControl} here: {e.Message}");
        }
        finally
        {
            if (added)
            {
                File.WriteAllText(AllowedFile, allowed);
            }
        }
    }

    /// <summary>Makes the new network usable, and what is joined to it. To be called inside.</summary>
    internal static void Prepare(string? congestionControl, Network network)
    {
        Ip("link set lo up");
        if (congestionControl is not null)
        {
            File.WriteAllText(Settings + CongestionControl, congestionControl);
        }

        if (network == Network.Veth)
        {
            Run("mount", "-t tmpfs tmpfs /run"); // Ours alone: names of namespaces go with us.
            File.WriteAllText(Settings + "ip_forward", "1");
            File.WriteAllText(Settings + ReusePorts, "1");
            Join(network.Client, congestionControl);
            Join(network.Target, congestionControl);
        }
    }

    /// <summary>Makes the namespace of a place and a cable to it.</summary>
    private static void Join(Place place, string? congestionControl)
    {
        string name = place.Namespace!;
        string near = place.Address[..(place.Address.LastIndexOf('.') + 1)] + "1";
        Ip($"netns add {name}");
        Ip($"link add to-{name} type veth peer name eth0 netns {name}");
        Ip($"addr add {near}/24 dev to-{name}");
        Ip($"link set to-{name} up");
        Ip($"-n {name} link set lo up");
        Ip($"-n {name} addr add {place.Address}/24 dev eth0");
        Ip($"-n {name} link set eth0 up");
        Ip($"-n {name} route add default via {near}");
        Ip($"netns exec {name} sysctl -q net.ipv4.{ReusePorts}=1");
        if (congestionControl is not null)
        {
            Ip($"netns exec {name} sysctl -q net.ipv4.{CongestionControl}={congestionControl}");
        }
    }

    private static void Ip(string arguments) => Run("ip", arguments);

    private static void Run(string program, string arguments)
    {
        using Process process = Process.Start(program, arguments);
        process.WaitForExit();
        BenchException.Require(process.ExitCode == 0, $"`{program} {arguments}` failed");
    }

    private static int Unshare(string[] arguments)
    {
        ConsoleCancelEventHandler waitForInside = (_, cancel) => cancel.Cancel = true;
        Console.CancelKeyPress += waitForInside;
        ProcessStartInfo start = new("unshare", ["--net", "--mount", .. Self.CommandLine, .. arguments]);
        start.Environment[InsideVariable] = "1";
        using Process inside = Process.Start(start)!;
        inside.WaitForExit();
        Console.CancelKeyPress -= waitForInside;
        return inside.ExitCode;
    }
}

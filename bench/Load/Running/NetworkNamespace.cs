using System.Diagnostics;

namespace Zerocopy.Bench.Load.Running;

/// <summary>A network of our own, where the congestion control can be chosen without changing the machine's.</summary>
internal static class NetworkNamespace
{
    /// <summary>What <c>automake</c> and its kin take for "skipped".</summary>
    internal const int Skipped = 77;

    private const string InsideVariable = "ZEROCOPY_BENCH_IN_NAMESPACE";
    private const string Settings = "/proc/sys/net/ipv4/";
    private const string AllowedFile = Settings + "tcp_allowed_congestion_control";

    internal static bool IsInside => Environment.GetEnvironmentVariable(InsideVariable) == "1";

    /// <summary>Runs this program again inside, with the same arguments.</summary>
    internal static int Enter(string congestionControl, string[] arguments)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Console.WriteLine("skipped: --cc needs root, for a network namespace of its own");
            return Skipped;
        }

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

    /// <summary>Makes the new network usable. To be called inside.</summary>
    internal static void Prepare(string congestionControl)
    {
        using Process ip = Process.Start("ip", "link set lo up");
        ip.WaitForExit();
        if (ip.ExitCode != 0)
        {
            throw new BenchException("`ip link set lo up` failed");
        }

        File.WriteAllText(Settings + "tcp_congestion_control", congestionControl);
    }

    private static int Unshare(string[] arguments)
    {
        ConsoleCancelEventHandler waitForInside = (_, cancel) => cancel.Cancel = true;
        Console.CancelKeyPress += waitForInside;
        ProcessStartInfo start = new("unshare", ["-n", .. Self.CommandLine, .. arguments]);
        start.Environment[InsideVariable] = "1";
        using Process inside = Process.Start(start)!;
        inside.WaitForExit();
        Console.CancelKeyPress -= waitForInside;
        return inside.ExitCode;
    }
}

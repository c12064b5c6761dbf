using System.Diagnostics;
using Spectre.Console;

namespace Zerocopy.Bench.Load.Running;

/// <summary>Several runs, one after another, each in a process of its own and with a file of results of its own: for
/// each congestion control each kind of measurement.</summary>
internal static class FullRun
{
    internal const string Only = "--only";
    internal const string CongestionControl = "--cc";

    private static readonly string[] s_congestionControls = ["cubic", "bbr"];

    /// <summary>All that can be measured here.</summary>
    internal static string[] Kinds =>
    [
        string.Join(',', RunOptions.AllModes),
        .. RunOptions.AloneModes.Where(mode => mode != Cell.Web || WebPeer.IsWrkInstalled),
    ];

    /// <summary>Choosing one takes root; without it there is the machine's.</summary>
    internal static string?[] CongestionControls
        => Environment.IsPrivilegedProcess ? [.. s_congestionControls] : [null];

    /// <param name="kinds">As <c>--only</c> takes them.</param>
    /// <param name="congestionControls">As <c>--cc</c> takes them; null: the machine's.</param>
    /// <param name="arguments">Of this program; what they say of the two is replaced.</param>
    internal static int Run(string[] kinds, string?[] congestionControls, string[] arguments)
    {
        string[] others = [.. Without(arguments)];
        foreach (string? congestionControl in congestionControls)
        {
            foreach (string kind in kinds)
            {
                AnsiConsole.WriteLine($"{kind}, congestion control {congestionControl ?? "of this machine"}:");
                string[] choice = congestionControl is null ? [] : [CongestionControl, congestionControl];
                using Process run = Process.Start(Self.Command([.. others, Only, kind, .. choice]))!;
                run.WaitForExit();
                if (run.ExitCode != 0)
                {
                    return run.ExitCode;
                }
            }
        }

        return 0;
    }

    private static IEnumerable<string> Without(string[] arguments)
    {
        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] is Only or CongestionControl)
            {
                i++; // And its value.
            }
            else if (!arguments[i].StartsWith($"{Only}=", StringComparison.Ordinal)
                && !arguments[i].StartsWith($"{CongestionControl}=", StringComparison.Ordinal))
            {
                yield return arguments[i];
            }
        }
    }
}

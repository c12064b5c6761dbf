// Runs a part of a test in a process of its own: this program again, in another role.
using System.Diagnostics;
using Xunit;

namespace Zerocopy.Conformance.Meta;

internal static class ChildProcess
{
    /// <summary>The first argument of a child.</summary>
    public const string Word = "child";

    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(28);

    /// <summary>What to print when a child finds that its kernel cannot do what the test needs, before the
    /// reason.</summary>
    private const string SkipMark = "SKIP: ";

    /// <summary>Runs a child to its end and hands back what it printed.</summary>
    /// <param name="arguments">For the child.</param>
    /// <param name="launcher">A program that starts it in its stead, with its first arguments: setpriv,
    /// prlimit.</param>
    public static string Run<TChild>(string[] arguments, params string[] launcher)
        where TChild : IChild, new()
    {
        string[] command = [.. launcher, Environment.ProcessPath!, Word, typeof(TChild).FullName!, .. arguments];
        using Process child = new()
        {
            StartInfo = new ProcessStartInfo(command[0], command[1..])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        child.Start();
        using StreamReader outputReader = child.StandardOutput; // The process does not close what was read from.
        using StreamReader errorReader = child.StandardError;
        Task<string> output = outputReader.ReadToEndAsync();
        Task<string> errors = errorReader.ReadToEndAsync();
        bool ended = child.WaitForExit(s_timeout);
        if (!ended)
        {
            child.Kill(entireProcessTree: true);
            child.WaitForExit();
        }

        string text = output.GetAwaiter().GetResult();
        string how = ended ? $"ended with {child.ExitCode}" : $"was ended after {s_timeout.TotalSeconds} s";
        Assert.True(
            ended && child.ExitCode == 0, $"{typeof(TChild).Name} {how}.\n{text}{errors.GetAwaiter().GetResult()}");
        if (text.StartsWith(SkipMark, StringComparison.Ordinal))
        {
            Assert.Skip(text[SkipMark.Length..].Trim());
        }

        return text;
    }

    /// <summary>In a child: this kernel cannot do it.</summary>
    public static int Skip(string why)
    {
        Console.WriteLine(SkipMark + why);
        return 0;
    }
}

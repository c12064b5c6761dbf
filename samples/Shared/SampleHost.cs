using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Zerocopy.Samples;

/// <summary>What is around a sample: wrong arguments, a port that is taken, its end by a signal.</summary>
internal static class SampleHost
{
    private static readonly string s_name = Assembly.GetEntryAssembly()!.GetName().Name!;

    /// <returns>The exit code.</returns>
    internal static async Task<int> RunAsync(RootCommand root, string[] args)
    {
        ParseResult parsed = root.Parse(args);
        return parsed.Errors.Count > 0
            ? Fail(2, $"{parsed.Errors[0].Message} (--help shows the options)")
            : await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
    }

    /// <summary>One line about what went wrong.</summary>
    internal static int Fail(int exitCode, string why)
    {
        Console.Error.WriteLine($"{s_name}: {why}");
        return exitCode;
    }

    internal static bool TryListen(EndPoint address, [NotNullWhen(true)] out Socket? listener)
    {
        try
        {
            listener = Address.Listen(address);
            return true;
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
        {
            _ = Fail(1, $"cannot listen on {EndPointText.Format(address)}: {e.Message}");
            listener = null;
            return false;
        }
    }

    /// <summary>Serves until SIGINT or SIGTERM, then prints the totals.</summary>
    /// <param name="arguments">Of the command line.</param>
    /// <param name="firstLine">What to say once the listener listens.</param>
    /// <param name="run">Serves, and returns the totals.</param>
    /// <param name="stop">Ends that. Any thread.</param>
    internal static int Serve(ParseResult arguments, string firstLine, Func<object> run, Action stop)
    {
        bool isStopping = false;
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        if (arguments.GetValue(Arguments.UntilInputEnds))
        {
            WhenInputEnds(stop);
        }

        Console.WriteLine(firstLine);
        Console.WriteLine(run());
        return 0;

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = !isStopping; // The second one does what it always does: it ends the process at once.
            isStopping = true;
            stop();
        }
    }

    /// <summary>Standard input ends when the parent closes it, or is gone.</summary>
    internal static void WhenInputEnds(Action end)
    {
        new Thread(Wait) { IsBackground = true }.Start();

        void Wait()
        {
            while (Console.In.Read() >= 0)
            {
                continue; // Nothing is said there, only its end.
            }

            end();
        }
    }
}

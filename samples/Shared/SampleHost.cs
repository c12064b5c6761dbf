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
    private const int StoppingMs = 100; // Who ends at once is not worth a word.

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

    /// <summary>One line about why nobody can listen there.</summary>
    internal static int FailToListen(EndPoint address, Exception e)
        => Fail(1, $"cannot listen on {EndPointText.Format(address)}: {ListenFailure.Explain(address, e)}");

    internal static bool TryListen(EndPoint address, [NotNullWhen(true)] out Socket? listener)
    {
        try
        {
            listener = Address.Listen(address);
            return true;
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
        {
            _ = FailToListen(address, e);
            listener = null;
            return false;
        }
    }

    /// <summary>Serves until SIGINT or SIGTERM, then prints the totals. A second signal ends the process at
    /// once.</summary>
    /// <param name="arguments">Of the command line.</param>
    /// <param name="firstLine">What to say once the listener listens.</param>
    /// <param name="serving">What serves.</param>
    internal static int Serve(ParseResult arguments, string firstLine, IServing serving)
    {
        TextWriter trouble = Console.Error; // Now: to open it later takes a descriptor, and there may be none.
        bool isStopping = false;
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        if (arguments.GetValue(Arguments.UntilInputEnds))
        {
            WhenInputEnds(serving.Stop);
        }

        Console.WriteLine(firstLine);
        Console.WriteLine(serving.Run());
        return 0;

        void Stop(PosixSignalContext signal)
        {
            if (isStopping)
            {
                return; // The second one does what it always does: it ends the process at once.
            }

            isStopping = signal.Cancel = true;
            serving.Stop();
            Thread.Sleep(StoppingMs); // Each signal has a thread of its own.
            if (serving.Living is > 0 and var living)
            {
                trouble.WriteLine(Waiting(living, serving.Patience));
            }
        }
    }

    /// <summary>Standard input ends when the parent closes it, or is gone. Until then each line of it asks for the CPU
    /// time that this process has used.</summary>
    internal static void WhenInputEnds(Action end)
    {
        new Thread(Wait) { IsBackground = true }.Start();

        void Wait()
        {
            while (Console.In.ReadLine() is not null)
            {
                Console.WriteLine(CpuTime.Line());
            }

            end();
        }
    }

    private static string Waiting(long living, TimeSpan patience)
    {
        (string who, string them) = living == 1 ? ("1 connection has", "it") : ($"{living} connections have", "them");
        return $"stopping: {who} {patience.TotalSeconds:0.#} s to end; Ctrl-C again ends {them} now";
    }
}

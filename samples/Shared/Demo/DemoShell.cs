using System.CommandLine;
using System.Runtime.InteropServices;
using Spectre.Console;

namespace Zerocopy.Samples;

/// <summary>What is around a demo: its size, its passes with a progress bar, and its end by a signal.</summary>
/// <remarks>The bytes are compared in passes of their own: to hash them costs either end more than a relay costs, and
/// would hide what is to be seen. The measured passes take turns, so that what else goes on meets both routes
/// alike.</remarks>
internal static class DemoShell
{
    internal const int MebiByte = 1024 * 1024;

    /// <summary>How often each route is measured.</summary>
    internal const int Rounds = 3;

    private const int MebiBytesMax = 1024 * 1024;
    private const int TimeoutSeconds = 600;
    private const int PlainWidth = 1000; // Where there is no terminal no line needs to be broken.

    /// <summary>The option for the size.</summary>
    internal static Option<int> SizeOption(string description, int mib)
    {
        Option<int> option = new("--demo-mib") { Description = description, DefaultValueFactory = _ => mib };
        option.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > MebiBytesMax)
            {
                result.AddError($"--demo-mib is 1 to {MebiBytesMax}.");
            }
        });
        return option;
    }

    /// <summary>Compares and measures both routes, by the kernel and by copying.</summary>
    /// <param name="demo">What is shown. Owned.</param>
    /// <param name="intro">What it is about, for its first line.</param>
    /// <param name="token">Ends it.</param>
    /// <returns>The exit code: 1 if what arrived was not what was sent.</returns>
    internal static async Task<int> RunAsync<TPass>(IDemo<TPass> demo, string intro, CancellationToken token)
    {
        bool isTerminal = AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected;
        AnsiConsole.Profile.Width = isTerminal ? AnsiConsole.Profile.Width : PlainWidth;
        AnsiConsole.WriteLine(intro);
        using CancellationTokenSource timeout = CancellationTokenSource.CreateLinkedTokenSource(token);
        timeout.CancelAfter(TimeSpan.FromSeconds(TimeoutSeconds));
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using IDemo<TPass> owned = demo;
        try
        {
            await demo.StartAsync(timeout.Token);
            List<TPass>[] passes = [[], []];
            if (isTerminal)
            {
                await AnsiConsole.Progress().StartAsync(
                    context => RunAsync(demo, passes, Bars(context), timeout.Token));
            }
            else
            {
                await RunAsync(demo, passes, (_, _) => { }, timeout.Token);
            }

            await demo.ShowAsync(passes[0], passes[1], timeout.Token);
            return 0;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or OperationCanceledException)
        {
            return SampleHost.Fail(1, e.Message);
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true; // Child processes and files have to go first.
            timeout.Cancel();
        }

        Action<int, double> Bars(ProgressContext context)
        {
            ProgressTask[] bars =
            [
                context.AddTask("comparing", maxValue: 2 * demo.PassBytes),
                context.AddTask("measuring", maxValue: 2 * Rounds * demo.PassBytes),
            ];
            return (bar, bytes) => bars[bar].Value = bytes;
        }
    }

    private static async Task RunAsync<TPass>(
        IDemo<TPass> demo, List<TPass>[] passes, Action<int, double> show, CancellationToken token)
    {
        for (int i = 0; i < 2; i++)
        {
            long before = i * demo.PassBytes;
            await demo.CheckAsync(copyOnly: i == 1, bytes => show(0, before + bytes), token);
            show(0, before + demo.PassBytes);
        }

        for (int i = 0; i < 2 * Rounds; i++)
        {
            long before = i * demo.PassBytes;
            passes[i % 2].Add(await demo.MeasureAsync(copyOnly: i % 2 == 1, bytes => show(1, before + bytes), token));
            show(1, before + demo.PassBytes);
        }
    }
}

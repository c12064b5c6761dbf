using System.CommandLine;
using System.Runtime.InteropServices;
using Spectre.Console;

namespace Zerocopy.Samples;

/// <summary>What is around a demo: its size, two passes with a progress bar each, and its end by a signal.</summary>
internal static class DemoShell
{
    internal const int MebiByte = 1024 * 1024;

    private const int MebiBytesMax = 1024 * 1024;
    private const int TimeoutSeconds = 600;

    /// <summary>One pass: moves the bytes, reports how many have arrived, returns what was measured.</summary>
    internal delegate Task<TPass> PassFunc<TPass>(bool copyOnly, Action<long> onProgress, CancellationToken token);

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

    /// <summary>Runs both passes, by the kernel and by copying.</summary>
    /// <param name="kernelName">What to call the first.</param>
    /// <param name="bytes">How many each moves.</param>
    /// <param name="passAsync">Runs one.</param>
    /// <param name="show">Shows what both measured.</param>
    /// <param name="token">Ends it.</param>
    /// <returns>The exit code: 1 if what arrived was not what was sent.</returns>
    internal static async Task<int> RunAsync<TPass>(
        string kernelName, long bytes, PassFunc<TPass> passAsync, Action<TPass, TPass> show, CancellationToken token)
    {
        using CancellationTokenSource timeout = CancellationTokenSource.CreateLinkedTokenSource(token);
        timeout.CancelAfter(TimeSpan.FromSeconds(TimeoutSeconds));
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        TPass[] passes = new TPass[2];
        try
        {
            await AnsiConsole.Progress().StartAsync(async context =>
            {
                ProgressTask[] bars =
                    [context.AddTask(kernelName, maxValue: bytes), context.AddTask("copied", maxValue: bytes)];
                for (int i = 0; i < passes.Length; i++)
                {
                    ProgressTask bar = bars[i];
                    passes[i] = await passAsync(i == 1, n => bar.Value = n, timeout.Token);
                    bar.Value = bytes;
                }
            });
        }
        catch (Exception e) when (e is InvalidDataException or IOException or OperationCanceledException)
        {
            return SampleHost.Fail(1, e.Message);
        }

        show(passes[0], passes[1]);
        return 0;

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true; // Child processes and files have to go first.
            timeout.Cancel();
        }
    }
}

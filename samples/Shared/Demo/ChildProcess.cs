using System.Diagnostics;

namespace Zerocopy.Samples;

/// <summary>This program once more, as another process. It ends when its standard input does.</summary>
internal sealed class ChildProcess : IDisposable
{
    private const int EndMs = 10_000;

    private readonly Process _process;
    private readonly string _name;

    internal ChildProcess(params string[] arguments)
    {
        _name = arguments[0];
        string program = Environment.ProcessPath!;
        ProcessStartInfo start = new(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet") // Started as `dotnet Proxy.dll`.
        {
            start.ArgumentList.Add(typeof(ChildProcess).Assembly.Location);
        }

        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;
    }

    /// <summary>CPU seconds so far, user and kernel, as a sample tells them that serves.</summary>
    internal async Task<double> AskCpuAsync(CancellationToken token)
    {
        WriteLine("cpu");
        while (true)
        {
            if (CpuTime.Parse(await ReadLineAsync(token).ConfigureAwait(false)) is { } seconds)
            {
                return seconds; // Lines about connections may come in between.
            }
        }
    }

    internal void WriteLine(string line) => _process.StandardInput.WriteLine(line);

    internal async Task<string> ReadLineAsync(CancellationToken token)
        => await _process.StandardOutput.ReadLineAsync(token).ConfigureAwait(false)
            ?? throw new InvalidDataException($"{_name} has ended before its time.");

    /// <summary>Ends it and returns what it still printed.</summary>
    internal async Task<string> EndAsync(CancellationToken token)
    {
        _process.StandardInput.Close();
        return await _process.StandardOutput.ReadToEndAsync(token).ConfigureAwait(false);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.StandardInput.Close();
            if (!_process.WaitForExit(EndMs))
            {
                _process.Kill();
            }
        }

        _process.Dispose();
    }
}

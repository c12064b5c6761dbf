// One side of many connections, as a process.
using System.Diagnostics;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Servers;

/// <summary>A <see cref="CrowdPeersChild"/>, which ends with this at the latest.</summary>
internal sealed class CrowdPeers : IDisposable
{
    private readonly Process _process;
    private readonly StreamReader _output; // The process does not close what was read from or written to.
    private readonly StreamWriter _input;

    internal CrowdPeers(params string[] args)
    {
        ProcessStartInfo start = new(
            Environment.ProcessPath!, [ChildProcess.Word, typeof(CrowdPeersChild).FullName!, .. args])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        _process = Process.Start(start)!;
        (_input, _output) = (_process.StandardInput, _process.StandardOutput);
    }

    internal Task Tell(string line) => _input.WriteLineAsync(line);

    internal async Task<string> Hear()
        => await _output.ReadLineAsync() ?? throw new InvalidOperationException("the peers have ended");

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _input.Dispose();
        _output.Dispose();
        _process.Dispose();
    }
}

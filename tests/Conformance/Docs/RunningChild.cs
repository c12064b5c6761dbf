// A program of a document that never ends, as a process of its own.
using System.Diagnostics;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Docs;

internal sealed class RunningChild : IDisposable
{
    private readonly Process _process;

    private RunningChild(Process process) => _process = process;

    internal static RunningChild Start<TChild>(params string[] arguments)
        where TChild : IChild, new()
        => new(Process.Start(new ProcessStartInfo(
            Environment.ProcessPath!, [ChildProcess.Word, typeof(TChild).FullName!, .. arguments])
        {
            RedirectStandardOutput = true,
        })!);

    /// <summary>The next line that it prints.</summary>
    internal async Task<string> ReadLine()
    {
        string? line = await _process.StandardOutput.ReadLineAsync().Within("a line of the child");
        return Assert.IsType<string>(line);
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.StandardOutput.Dispose(); // Process.Dispose leaves open what somebody has asked for.
        _process.Dispose();
    }
}

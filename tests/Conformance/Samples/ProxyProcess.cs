// samples/Proxy, or another sample that listens, as a process of its own: started, asked, told to end.
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Samples;

/// <summary>What a process left when it ended.</summary>
internal sealed partial record Ended(int ExitCode, string Output, string Error)
{
    /// <summary>Its errors without the line that says for whom it waits, which comes only if they take long.</summary>
    internal string Trouble => Stopping().Replace(Error, "");

    [GeneratedRegex("^stopping: [^\n]+ to end; Ctrl-C again ends [^\n]+ now\n", RegexOptions.Multiline)]
    private static partial Regex Stopping();
}

internal sealed partial class ProxyProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _error;

    private ProxyProcess(Process process)
    {
        _process = process;
        _error = process.StandardError.ReadToEndAsync();
    }

    /// <summary>The line it printed when it listened.</summary>
    internal string FirstLine { get; private set; } = "";

    /// <summary>Where it listens.</summary>
    internal EndPoint EndPoint { get; private set; } = null!;

    internal int Id => _process.Id;

    internal bool HasExited => _process.HasExited;

    internal int DescriptorCount => Directory.GetFileSystemEntries($"/proc/{Id}/fd").Length;

    /// <summary>Its open sockets.</summary>
    internal int SocketCount => Directory.GetFileSystemEntries($"/proc/{Id}/fd")
        .Count(path => new FileInfo(path).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true);

    /// <summary>The lowest number that none of its descriptors has: what the next one would get.</summary>
    internal int NextDescriptor
    {
        get
        {
            HashSet<int> taken = [.. Directory.GetFileSystemEntries($"/proc/{Id}/fd")
                .Select(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture))];
            return Enumerable.Range(0, int.MaxValue).First(fd => !taken.Contains(fd));
        }
    }

    /// <summary>True if new connections are taken; asked without making one.</summary>
    internal bool IsListening => EndPoint is IPEndPoint ip
        ? File.ReadAllText("/proc/net/tcp").Contains($":{ip.Port:X4} 00000000:0000 0A ", StringComparison.Ordinal)
        : File.Exists(EndPoint.ToString());

    internal TimeSpan CpuTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts a proxy to <paramref name="target"/> and returns when it listens.</summary>
    internal static Task<ProxyProcess> Listen(EndPoint target, params string[] options)
        => Start(null, ["--listen", "127.0.0.1:0", "--connect", Text(target), .. options]);

    /// <summary>Starts it with these arguments and returns when it listens.</summary>
    /// <param name="openFilesMax">Its hard limit of descriptors.</param>
    /// <param name="arguments">Of the proxy.</param>
    internal static Task<ProxyProcess> Start(int? openFilesMax, params string[] arguments)
        => StartSample("Proxy", openFilesMax, arguments);

    /// <inheritdoc cref="Start"/>
    internal static async Task<ProxyProcess> StartSample(string sample, int? openFilesMax, params string[] arguments)
    {
        ProxyProcess proxy = new(Launch(sample, openFilesMax, arguments));
        string? line = await proxy._process.StandardOutput.ReadLineAsync().Within("the proxy's first line");
        if (line is null)
        {
            Assert.Fail($"the proxy does not listen: {await proxy._error}");
        }

        proxy.FirstLine = line;
        Match address = Listening().Match(line);
        Assert.True(address.Success, line);
        proxy.EndPoint = EndPointText.Parse(address.Groups["address"].Value);
        return proxy;
    }

    /// <summary>Runs it to its end.</summary>
    internal static Task<Ended> Run(params string[] arguments) => RunSample("Proxy", arguments);

    /// <inheritdoc cref="Run"/>
    internal static Task<Ended> RunSample(string sample, params string[] arguments)
        => RunSampleBy("", sample, arguments);

    /// <summary>Runs it to its end.</summary>
    /// <param name="starter">A program that starts it, with its arguments.</param>
    /// <param name="sample">Which one.</param>
    /// <param name="arguments">Of the sample.</param>
    internal static async Task<Ended> RunSampleBy(string starter, string sample, params string[] arguments)
    {
        using ProxyProcess proxy = new(Launch(sample, null, arguments, starter));
        return await proxy.End();
    }

    internal static string Text(EndPoint endPoint)
        => endPoint is UnixDomainSocketEndPoint ? $"unix:{endPoint}" : endPoint.ToString()!;

    internal static string NewUnixPath() => Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    /// <summary>A new connection to it.</summary>
    internal Socket Connect()
    {
        bool isUnix = EndPoint is UnixDomainSocketEndPoint;
        ProtocolType protocol = isUnix ? ProtocolType.Unspecified : ProtocolType.Tcp;
        Socket socket = new(EndPoint.AddressFamily, SocketType.Stream, protocol);
        socket.Connect(EndPoint);
        return socket;
    }

    /// <summary>Sends it a signal, by name.</summary>
    internal void Signal(string name) => Shell("/bin/sh", "-c", $"kill -{name} {Id}");

    /// <summary>Sets its soft limit while it runs: no descriptor gets this number or a higher one.</summary>
    internal void LimitDescriptors(int number) => Shell("prlimit", "--pid", $"{Id}", $"--nofile={number}:");

    /// <summary>The next line that it prints.</summary>
    internal async Task<string> ReadLine()
        => await _process.StandardOutput.ReadLineAsync().Within("a line of the proxy")
            ?? throw new EndOfStreamException("the proxy prints no more");

    /// <summary>Waits for its end.</summary>
    internal async Task<Ended> End()
    {
        string output = await _process.StandardOutput.ReadToEndAsync().Within("the end of the proxy");
        string error = await _error.Within("the end of the proxy's errors");
        await _process.WaitForExitAsync().Within("the exit of the proxy");
        return new Ended(_process.ExitCode, output, error);
    }

    /// <summary>Ends it by SIGTERM and returns its totals.</summary>
    internal async Task<Ended> Stop()
    {
        Signal("TERM");
        return await End();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        // Process.Dispose leaves open what somebody has asked for.
        _process.StandardInput.Dispose();
        _process.StandardOutput.Dispose();
        _process.StandardError.Dispose();
        _process.Dispose();
    }

    private static Process Launch(string sample, int? openFilesMax, string[] arguments, string starter = "")
    {
        // The host that runs these tests runs the sample too. It was built beside them, whatever the output folder is.
        string host = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../../dotnet"));
        DirectoryInfo here = new(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        string program = Path.Combine(here.Parent!.Parent!.FullName, sample, here.Name, $"{sample}.dll");
        Assert.True(File.Exists(program), $"not built: {program}");
        string limit = openFilesMax is { } max ? string.Create(CultureInfo.InvariantCulture, $"ulimit -n {max}; ") : "";
        ProcessStartInfo start = new("/bin/sh")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string command = $"{limit}exec {starter} \"$0\" \"$@\"";
        foreach (string argument in (string[])["-c", command, host, program, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    private static void Shell(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        Assert.True(process.WaitForExit(Deadline.Ms), program);
        Assert.Equal(0, process.ExitCode);
    }

    [GeneratedRegex("^listening on (?<address>[^,]+), (relaying to|serving) .+$")]
    private static partial Regex Listening();
}

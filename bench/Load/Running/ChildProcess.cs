using System.Diagnostics;
using Zerocopy.Bench.Load.Children;

namespace Zerocopy.Bench.Load.Running;

/// <summary>A process of a measurement: mostly this program once more, in one of its hidden roles.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _name;

    private ChildProcess(Process process, string name)
    {
        _process = process;
        _name = name;
    }

    /// <summary>What it said when it was ready.</summary>
    internal string[] Ready { get; private set; } = [];

    internal static Task<ChildProcess> StartAsync(Place place, params string[] role)
        => StartAsync(place.At(Self.Command([ChildProgram.Verb, .. role])), role[0]);

    /// <param name="program">Another build of this program, or null.</param>
    /// <param name="role">What it is to be.</param>
    internal static Task<ChildProcess> StartFromAsync(string? program, params string[] role)
    {
        string[] arguments = [ChildProgram.Verb, .. role];
        return StartAsync(
            program is null ? Self.Command(arguments) : new ProcessStartInfo(program, arguments),
            string.Join(' ', role.Take(2)));
    }

    /// <summary>Another program, that knows the same commands.</summary>
    internal static async Task<ChildProcess> StartAsync(ProcessStartInfo start, string name)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = true;
        ChildProcess child = new(Process.Start(start)!, name);
        child.Ready = await child.ExpectAsync("ready", TimeSpan.Zero);
        return child;
    }

    internal void Command(string line)
    {
        try
        {
            _process.StandardInput.WriteLine(line);
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            throw new BenchException($"{_name}: ended by itself");
        }
    }

    /// <summary>Reads the answer to the oldest command that has none yet.</summary>
    /// <param name="word">The first word of a good answer.</param>
    /// <param name="duration">How long the command takes by itself.</param>
    /// <returns>The words after the first.</returns>
    internal async Task<string[]> ExpectAsync(string word, TimeSpan duration)
    {
        string? line;
        try
        {
            line = await _process.StandardOutput.ReadLineAsync().WaitAsync(duration + Address.Patience * 1.5);
        }
        catch (TimeoutException)
        {
            line = "no answer: did an end of stream get lost?";
        }

        string[] words = line?.Split(' ') ?? [""];
        return words[0] == word ? words[1..] : throw new BenchException($"{_name}: {line ?? "ended by itself"}");
    }

    internal Task<string[]> AskAsync(string command, string word, TimeSpan duration = default)
    {
        Command(command);
        return ExpectAsync(word, duration);
    }

    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(2));
        try
        {
            _process.StandardInput.BaseStream.Close(); // Which an idle child takes as its end.
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }
}

/// <summary>A measurement that cannot be had. The message is for the user.</summary>
internal sealed class BenchException(string message) : Exception(message)
{
    internal static void Require(bool condition, string complaint)
    {
        if (!condition)
        {
            throw new BenchException(complaint);
        }
    }
}

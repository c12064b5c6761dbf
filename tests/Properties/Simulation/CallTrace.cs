// What a schedule did: a hash of all calls, the last ones in words, and how often each result was returned.
using System.Globalization;

namespace Zerocopy.Properties.Simulation;

/// <summary>The calls of one schedule.</summary>
internal sealed class CallTrace
{
    private const int Kept = 60;

    private readonly (string Call, string Result, int Fd, int Asked, int Count)[] _last =
        new (string, string, int, int, int)[Kept];

    internal ulong Hash { get; private set; } = 14695981039346656037;

    internal int Calls { get; private set; }

    /// <summary>Bytes that splice has written.</summary>
    internal long Spliced { get; set; }

    internal long Buffered { get; set; }

    internal Dictionary<(string Call, string Result), int> Results { get; } = [];

    internal void Add(string call, string result, int fd, int asked, int count)
    {
        _last[Calls % Kept] = (call, result, fd, asked, count);
        Calls++;
        Mix(call);
        Mix(result);
        Mix(fd);
        Mix(asked);
        Mix(count);
        ref int times = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(
            Results, (call, result), out _);
        times++;
    }

    /// <summary>The last calls, oldest first.</summary>
    internal string Tail()
    {
        IEnumerable<string> lines = Enumerable.Range(Math.Max(0, Calls - Kept), Math.Min(Calls, Kept))
            .Select(i => (Number: i, Entry: _last[i % Kept]))
            .Select(line => string.Create(
                CultureInfo.InvariantCulture,
                $"  {line.Number,5} {line.Entry.Call} fd {line.Entry.Fd} asked {line.Entry.Asked}: " +
                $"{line.Entry.Result} {line.Entry.Count}"));
        return string.Join('\n', lines);
    }

    private void Mix(string text)
    {
        foreach (char c in text)
        {
            Mix(c);
        }
    }

    private void Mix(int value) => Hash = (Hash ^ (uint)value) * 1099511628211;
}

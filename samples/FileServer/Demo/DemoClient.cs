using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Zerocopy.Samples.FileServer;

/// <summary>The demo's client, a process of its own. It is told in lines what to do, and ends when its standard input
/// does.</summary>
internal sealed class DemoClient(bool spoil)
{
    /// <summary>What comes is hashed and compared.</summary>
    internal const string Hashed = "hashed";

    /// <summary>What comes is only counted.</summary>
    internal const string Counted = "counted";

    private const int PartsOfFile = 4;
    private const int ProgressBytes = 16 * 1024 * 1024;

    private readonly DemoFiles _expected = new();

    /// <summary>Each line from the parent is hashed or counted, a route, a port, how many bytes to move at least, and
    /// the folder that is served. Prints progress, then "done", bytes and seconds; or what is wrong.</summary>
    internal void Run()
    {
        Console.WriteLine("ready");
        while (Console.ReadLine()?.Split(' ', 5) is [{ } how, { } route, { } port, { } bytes, { } folder])
        {
            try
            {
                Asked asked = new(route, how == Hashed, int.Parse(port, CultureInfo.InvariantCulture), folder);
                Move(asked, long.Parse(bytes, CultureInfo.InvariantCulture));
            }
            catch (Exception e) when (e is InvalidDataException or SocketException or IOException)
            {
                Console.WriteLine($"wrong {e.Message}");
            }
        }
    }

    private readonly record struct Asked(string Route, bool IsHashed, int Port, string Folder);

    private void Move(in Asked asked, long atLeast)
    {
        long started = Stopwatch.GetTimestamp();
        long moved = 0;
        using (WebClient client = new(asked.Port, asked.IsHashed))
        {
            for (int i = 0; moved < atLeast; i++)
            {
                long before = moved;
                moved += Step(client, asked, _expected.Files[i % _expected.Files.Count]);
                if (moved / ProgressBytes != before / ProgressBytes)
                {
                    Console.WriteLine($"progress {moved}");
                }
            }
        }

        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        if (asked.Route == DemoRun.Put && asked.IsHashed)
        {
            CheckStored(asked.Folder);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"done {moved} {seconds}"));
    }

    private long Step(WebClient client, in Asked asked, DemoFile file)
    {
        switch (asked.Route)
        {
            case DemoRun.Put:
                client.Put($"/{file.Name}", file.Content);
                return file.Content.Length;
            case DemoRun.Whole:
                client.Get($"/{file.Name}");
                Compare(file.Name, file.Hash, client);
                return file.Content.Length;
            case DemoRun.Ranges:
                int part = (file.Content.Length / PartsOfFile) + 1;
                for (int start = 0; start < file.Content.Length; start += part)
                {
                    client.Get($"/{file.Name}", $"{start}-{start + part - 1}");
                }

                Compare($"{file.Name} in parts", file.Hash, client);
                return file.Content.Length;
            default:
                using (WebClient once = new(asked.Port, asked.IsHashed)) // Its end is the answer's.
                {
                    once.Get($"/run/{DemoRun.Command}");
                    Compare($"/run/{DemoRun.Command}", _expected.HashOfAll, once);
                }

                return _expected.Files.Sum(each => (long)each.Content.Length);
        }
    }

    private void CheckStored(string folder)
    {
        foreach (DemoFile file in _expected.Files)
        {
            string path = Path.Combine(folder, file.Name);
            if (File.Exists(path)) // A short demo does not come to all of them.
            {
                using FileStream stored = File.OpenRead(path);
                Compare($"{file.Name} on disk", file.Hash, Convert.ToHexStringLower(SHA256.HashData(stored)));
            }
        }
    }

    private void Compare(string what, string expected, WebClient client)
    {
        if (client.TakeHash() is { } actual)
        {
            Compare(what, expected, actual);
        }
    }

    private void Compare(string what, string expected, string actual)
    {
        if (actual != expected || spoil)
        {
            throw new InvalidDataException($"SHA-256 of {what}: {expected} was expected, {actual} came.");
        }
    }
}

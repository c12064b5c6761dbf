using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Zerocopy.Samples.FileServer;

/// <summary>The demo's client, a process of its own. It is told in lines what to do, and ends when its standard input
/// does.</summary>
internal sealed class DemoClient(int port, string folder, bool spoil)
{
    private const int PartsOfFile = 4;
    private const int ProgressBytes = 16 * 1024 * 1024;

    private readonly DemoFiles _expected = new();

    /// <summary>Each line from the parent is a route and how many bytes to move at least. Prints progress, then "done",
    /// bytes and seconds; or what is wrong.</summary>
    internal void Run()
    {
        Console.WriteLine("ready");
        while (Console.ReadLine()?.Split(' ') is [{ } route, { } bytes])
        {
            try
            {
                Move(route, long.Parse(bytes, CultureInfo.InvariantCulture));
            }
            catch (Exception e) when (e is InvalidDataException or SocketException or IOException)
            {
                Console.WriteLine($"wrong {e.Message}");
            }
        }
    }

    private void Move(string route, long atLeast)
    {
        long started = Stopwatch.GetTimestamp();
        long moved = 0;
        using (WebClient client = new(port))
        {
            for (int i = 0; moved < atLeast; i++)
            {
                long before = moved;
                moved += Step(client, route, _expected.Files[i % _expected.Files.Count]);
                if (moved / ProgressBytes != before / ProgressBytes)
                {
                    Console.WriteLine($"progress {moved}");
                }
            }
        }

        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        if (route == DemoRun.Put)
        {
            CheckStored(); // Afterwards, so that it is not measured.
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"done {moved} {seconds}"));
    }

    private long Step(WebClient client, string route, DemoFile file)
    {
        switch (route)
        {
            case DemoRun.Put:
                client.Put($"/{file.Name}", file.Content);
                return file.Content.Length;
            case DemoRun.Whole:
                client.Get($"/{file.Name}");
                Compare(file.Name, file.Hash, client.TakeHash());
                return file.Content.Length;
            case DemoRun.Ranges:
                int part = (file.Content.Length / PartsOfFile) + 1;
                for (int start = 0; start < file.Content.Length; start += part)
                {
                    client.Get($"/{file.Name}", $"{start}-{start + part - 1}");
                }

                Compare($"{file.Name} in parts", file.Hash, client.TakeHash());
                return file.Content.Length;
            default:
                using (WebClient once = new(port)) // Its end is the answer's.
                {
                    once.Get($"/run/{DemoRun.Command}");
                    Compare($"/run/{DemoRun.Command}", _expected.HashOfAll, once.TakeHash());
                }

                return _expected.Files.Sum(each => (long)each.Content.Length);
        }
    }

    private void CheckStored()
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

    private void Compare(string what, string expected, string actual)
    {
        if (actual != expected || spoil)
        {
            throw new InvalidDataException($"SHA-256 of {what}: {expected} was expected, {actual} came.");
        }
    }
}

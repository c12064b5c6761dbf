namespace Zerocopy.Samples.FileServer;

/// <summary>The folder that is served. Whatever is asked for, what comes out lies in it.</summary>
internal sealed class WebRoot
{
    /// <summary>What the files that are still being put are called; nobody is served one.</summary>
    internal const string UnfinishedPrefix = ".put-";

    private const int LinksMax = 40; // As the kernel has it.

    private readonly string _root; // Without links, without a slash at its end.

    /// <param name="folder">It exists.</param>
    internal WebRoot(string folder)
        => _root = Follow("", Path.GetFullPath(folder).Split('/'))
            ?? throw new IOException($"too many links on the way to {folder}");

    /// <summary>Where the file is, or would be. Symbolic links are followed one by one, and one that leads out of the
    /// folder is refused.</summary>
    /// <exception cref="HttpException">It is not served.</exception>
    internal string Find(in RequestPath path)
    {
        if (Array.Exists(path.Segments, name => name.StartsWith(UnfinishedPrefix, StringComparison.Ordinal)))
        {
            throw NotFound();
        }

        string found = Follow(_root, path.Segments) ?? throw NotFound();
        bool isInside = found.StartsWith(_root, StringComparison.Ordinal)
            && (found.Length == _root.Length || found[_root.Length] == '/');
        return isInside ? found : throw new HttpException(403, "not for you");
    }

    /// <summary>True if a name in a folder can be asked for: it is no upload and no link that leads out.</summary>
    internal bool Serves(in RequestPath folder, string name)
    {
        try
        {
            return Path.Exists(Find(folder with { Segments = [.. folder.Segments, name] }));
        }
        catch (HttpException)
        {
            return false;
        }
    }

    internal static HttpException NotFound() => new(404, "no such file");

    private static string? Follow(string path, string[] segments)
    {
        Stack<string> ahead = new(segments.Reverse());
        int links = 0;
        while (ahead.TryPop(out string? name))
        {
            if (name is "" or ".")
            {
                continue;
            }

            if (name == "..") // Of a link: a request has none.
            {
                path = path[..Math.Max(path.LastIndexOf('/'), 0)];
                continue;
            }

            string next = $"{path}/{name}";
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                path = next;
                continue;
            }

            if (++links > LinksMax)
            {
                return null;
            }

            path = target[0] == '/' ? "" : path;
            foreach (string step in target.Split('/').Reverse())
            {
                ahead.Push(step);
            }
        }

        return path;
    }
}

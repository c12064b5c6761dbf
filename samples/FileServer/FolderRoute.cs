using System.Net;
using System.Text;

namespace Zerocopy.Samples.FileServer;

/// <summary>GET and HEAD of a folder: its index.html, or else a list of what is in it.</summary>
internal static class FolderRoute
{
    private const string Index = "index.html";
    private const int EntriesMax = 10_000;

    internal static void Answer(Exchange exchange, string path)
    {
        RequestPath asked = exchange.Request.Path;
        if (!Directory.Exists(path))
        {
            throw WebRoot.NotFound();
        }

        string own = $"/{string.Concat(asked.Segments.Select(name => $"{Uri.EscapeDataString(name)}/"))}";
        if (!asked.EndsInSlash)
        {
            // What the page refers to is beside it only if its address ends in a slash.
            exchange.Send(exchange.Head(301).Add("Location", own).Add("Content-Length", 0).End(exchange.Closes));
            return;
        }

        string index = exchange.Root.Find(asked with { Segments = [.. asked.Segments, Index] });
        FileInfo info = new(index);
        if (info.Exists)
        {
            FileRoute.Send(exchange, index, info);
            return;
        }

        SendList(exchange, List(exchange, path));
    }

    private static void SendList(Exchange exchange, byte[] page)
    {
        exchange.Send(exchange.Head(200)
            .Add("Content-Type", "text/html; charset=utf-8")
            .Add("Content-Length", page.Length)
            .Add("Cache-Control", "no-store")
            .End(exchange.Closes));
        exchange.Send(exchange.Request.IsHead ? default : page);
    }

    private static byte[] List(Exchange exchange, string path)
    {
        RequestPath asked = exchange.Request.Path;
        string title = WebUtility.HtmlEncode($"/{string.Join('/', asked.Segments)}");
        StringBuilder page = new($"<!DOCTYPE html>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n");
        _ = page.Append($"<h1>{title}</h1>\n<ul>\n");
        if (asked.Segments.Length > 0)
        {
            _ = page.Append("<li><a href=\"../\">../</a>\n");
        }

        foreach (FileSystemInfo entry in Entries(path).Where(entry => exchange.Root.Serves(asked, entry.Name)))
        {
            // The kernel's names may hold anything but a slash; in a link none of that is left to be understood.
            string slash = entry is DirectoryInfo ? "/" : "";
            string size = entry is FileInfo { Exists: true } file ? $" ({file.Length} bytes)" : "";
            _ = page.Append($"<li><a href=\"{Uri.EscapeDataString(entry.Name)}{slash}\">")
                .Append($"{WebUtility.HtmlEncode(entry.Name)}{slash}</a>{size}\n");
        }

        return Encoding.UTF8.GetBytes(page.Append("</ul>\n").ToString());
    }

    private static List<FileSystemInfo> Entries(string path)
    {
        try
        {
            return [.. new DirectoryInfo(path).EnumerateFileSystemInfos().Take(EntriesMax)
                .OrderBy(entry => entry.Name, StringComparer.Ordinal)];
        }
        catch (UnauthorizedAccessException)
        {
            throw new HttpException(403, "not for you");
        }
        catch (IOException)
        {
            throw WebRoot.NotFound(); // It has gone meanwhile.
        }
    }
}

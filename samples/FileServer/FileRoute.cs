using Microsoft.Win32.SafeHandles;

namespace Zerocopy.Samples.FileServer;

/// <summary>GET and HEAD of a file, or of a part of it. Its bytes go from the page cache to the socket.</summary>
internal static class FileRoute
{
    internal static void Answer(Exchange exchange)
    {
        RequestHead request = exchange.Request;
        string path = exchange.Root.Find(request.Path);
        FileInfo info = new(path);
        if (!info.Exists)
        {
            FolderRoute.Answer(exchange, path);
        }
        else if (request.Path.EndsInSlash)
        {
            throw WebRoot.NotFound();
        }
        else
        {
            Send(exchange, path, info);
        }
    }

    /// <summary>Answers with a file, wherever it is asked for.</summary>
    internal static void Send(Exchange exchange, string path, FileInfo info)
    {
        RequestHead request = exchange.Request;

        // FIFOs and devices have no size either, and opening one might wait for ever.
        using SafeFileHandle? file = info.Length == 0 ? null : Open(path);
        long length = file is null ? 0 : RandomAccess.GetLength(file);
        DateTime written = file is null ? info.LastWriteTimeUtc : File.GetLastWriteTimeUtc(file);
        string tag = $"\"{written.Ticks:x}-{length:x}\"";
        string date = HttpDate.Format(written);
        if (IsKnown(request, tag, written))
        {
            exchange.Send(exchange.Head(304).Add("ETag", tag).Add("Last-Modified", date).End(exchange.Closes));
            return;
        }

        // HTTP has ranges for GET alone; and who has begun with another version of the file gets this one whole.
        bool mayBePart = !request.IsHead && (request.IfRange is null || request.IfRange == tag);
        ByteRange? range = mayBePart ? ByteRange.Parse(request.Range, length) : null;
        ByteRange part = range ?? new ByteRange(0, length);
        string? where = range is null ? null : $"Content-Range: bytes {part.Start}-{part.End}/{length}";
        ReadOnlyMemory<byte> head = exchange.Head(range is null ? 200 : 206)
            .Add("Content-Type", ContentTypes.Of(path))
            .Add("Content-Length", part.Length)
            .AddLine(where)
            .AddLine("Accept-Ranges: bytes")
            .Add("Last-Modified", date)
            .Add("ETag", tag)
            .End(exchange.Closes);
        if (file is null || request.IsHead)
        {
            exchange.Send(head);
            return;
        }

        exchange.Move(TransferEndpoint.FromHandle(file, part.Start), exchange.Socket, part.Length, head);
    }

    private static bool IsKnown(RequestHead request, string tag, DateTime written)
    {
        if (request.IfNoneMatch is not { } known)
        {
            return HttpDate.IsNotAfter(written, request.IfModifiedSince);
        }

        return known == "*" || known.Split(',', StringSplitOptions.TrimEntries)
            .Any(other => other == tag || other == $"W/{tag}");
    }

    private static SafeFileHandle Open(string path)
    {
        const int FilesMaxOfSystem = 23; // ENFILE
        const int FilesMaxOfProcess = 24; // EMFILE
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (UnauthorizedAccessException)
        {
            throw new HttpException(403, "not for you");
        }
        catch (IOException e) when (e.HResult is FilesMaxOfSystem or FilesMaxOfProcess)
        {
            throw new HttpException(503, "too many files are open");
        }
        catch (IOException)
        {
            throw WebRoot.NotFound(); // It has gone meanwhile.
        }
    }
}

using Microsoft.Win32.SafeHandles;

namespace Zerocopy.Samples.FileServer;

/// <summary>PUT of a file. Its bytes are spliced from the socket into a file beside it, which takes its place when it
/// is complete: nobody is ever served a part.</summary>
internal static class UploadRoute
{
    private const int NoSpace = 28; // ENOSPC

    internal static void Answer(Exchange exchange)
    {
        RequestHead request = exchange.Request;
        long length = RequireLength(request, exchange.Options.PutBytesMax);
        string path = exchange.Root.Find(request.Path);
        string folder = Path.GetDirectoryName(path) ?? throw new HttpException(409, "a folder is there");
        if (request.Path.EndsInSlash || Directory.Exists(path) || !Directory.Exists(folder))
        {
            throw new HttpException(409, "a file is put into a folder that is there");
        }

        string unfinished = Path.Combine(folder, $"{WebRoot.UnfinishedPrefix}{Guid.NewGuid():N}");
        bool isNew;
        try
        {
            using (SafeFileHandle file = File.OpenHandle(unfinished, FileMode.CreateNew, FileAccess.Write))
            {
                Receive(exchange, file, length);
            }

            isNew = !File.Exists(path);
            File.Move(unfinished, path, overwrite: true);
        }
        catch (Exception e) when (StatusOf(e) is { } status)
        {
            File.Delete(unfinished);
            throw new HttpException(status, "it cannot be stored");
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }

        exchange.Send(exchange.Head(isNew ? 201 : 204).AddLine(isNew ? "Content-Length: 0" : null)
            .End(exchange.Closes));
    }

    private static long RequireLength(RequestHead request, long bytesMax)
    {
        long length = request.ContentLength ?? throw new HttpException(411, "say how long it is");
        if (length > bytesMax)
        {
            throw new HttpException(413, $"at most {bytesMax} bytes");
        }

        return request.HasContentRange ? throw new HttpException(400, "no parts are put") : length;
    }

    private static void Receive(Exchange exchange, SafeFileHandle file, long length)
    {
        ReadOnlyMemory<byte> first = exchange.Reader.Take(length);
        long rest = length - first.Length;
        if (rest == 0)
        {
            RandomAccess.Write(file, first.Span, 0); // All of it came along with the head.
            exchange.AddCopied(first.Length);
            return;
        }

        if (exchange.Request is { ExpectsContinue: true, IsHttp10: false } && first.Length == 0)
        {
            exchange.Send("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray());
        }

        exchange.Move(exchange.Socket, TransferEndpoint.FromHandle(file, 0), rest, first);
    }

    private static int? StatusOf(Exception e) => e switch
    {
        TransferException { Side: TransferSide.Destination, Error: NoSpace } => 507,
        TransferException => null, // The client's.
        UnauthorizedAccessException => 403,
        EndOfStreamException => null,
        IOException { HResult: NoSpace } => 507,
        IOException => 503,
        _ => null,
    };
}

using System.Globalization;
using Zerocopy.Sys;

namespace Zerocopy.Samples.Recorder;

/// <summary>Which files are written. The first connection's is FILE; later ones have their number before the
/// extension, camera-2.ts, camera-3.ts, and without --append the next one that is free. With --rotate FILE is followed
/// by FILE.1, FILE.2 and so on: <c>cat $(ls -v camera.ts*)</c> is the whole stream. A FIFO or a device has no number:
/// every connection is recorded there.</summary>
internal sealed class RecordingFiles(RecorderOptions options)
{
    private bool _isRegular = true;
    private int _number;

    /// <summary>Opens what the next connection is recorded in.</summary>
    /// <exception cref="IOException">It exists, or cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    internal Recording Open()
    {
        while (true)
        {
            int number = Interlocked.Increment(ref _number);
            string path = number == 1 || !_isRegular ? options.Path : NumberedName(options.Path, number);
            if (number > 1 && _isRegular && !options.Append && IsTaken(path))
            {
                continue;
            }

            if (options.PartBytes is { } partBytes)
            {
                return new RotatedRecording(path, partBytes, options);
            }

            FileStream file = OpenFile(path, options.Append);
            _isRegular = IsRegular(file);
            return new FileRecording(file, options);
        }
    }

    /// <summary>Opens a file, at its end if it is to be continued.</summary>
    internal static FileStream OpenFile(string path, bool append)
    {
        FileStream file = new(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 0);
        if (IsRegular(file))
        {
            if (file.Length > 0 && !append)
            {
                file.Dispose();
                throw new IOException($"{path} exists (--append continues it)");
            }

            file.Position = file.Length;
        }

        return file;
    }

    /// <summary>False for a FIFO or a device: it has no length, and no second one beside it.</summary>
    internal static bool IsRegular(FileStream file)
    {
        if (!OperatingSystem.IsLinux() || !FdLease.TryAcquire(file.SafeFileHandle, out FdLease lease))
        {
            return file.CanSeek;
        }

        SysResult result = Syscall.GetFileStatus(lease.Fd, out FileStatus status);
        lease.Release();
        return result.IsError ? file.CanSeek : status.Kind == FileKind.RegularFile;
    }

    /// <summary>The name of one part of a rotated file.</summary>
    internal static string PartOf(string path, int part) => part == 0 ? path : $"{path}.{part}";

    /// <summary>The number of the last part that is there; 0 if there is none.</summary>
    internal static int LastPartOf(string path)
    {
        string whole = Path.GetFullPath(path);
        return Directory.EnumerateFiles(Path.GetDirectoryName(whole)!)
            .Where(other => other.StartsWith($"{whole}.", StringComparison.Ordinal))
            .Select(other => int.TryParse(
                other.AsSpan(whole.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int part)
                    ? part : 0)
            .DefaultIfEmpty(0)
            .Max();
    }

    private static string NumberedName(string path, int number)
        => Path.Combine(
            Path.GetDirectoryName(path) ?? "",
            $"{Path.GetFileNameWithoutExtension(path)}-{number}{Path.GetExtension(path)}");

    private bool IsTaken(string path)
        => Path.Exists(path) || (options.PartBytes is not null && LastPartOf(path) > 0);
}

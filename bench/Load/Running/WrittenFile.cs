using Zerocopy.Bench.Load.Children;

namespace Zerocopy.Bench.Load.Running;

/// <summary>Files that the measured processes have written.</summary>
internal static class WrittenFile
{
    private const int ReadBytes = 256 * 1024;

    private static readonly Pattern s_pattern = new(ReadBytes);

    /// <summary>Refuses it unless it is what it should be; and deletes it, here and not where the next measurement
    /// would have to pay for it.</summary>
    internal static void Take(string path, long bytes, bool verify)
    {
        try
        {
            long length = new FileInfo(path).Length;
            BenchException.Require(length == bytes, $"{bytes} bytes, {length} of them in the file");
            if (verify)
            {
                Verify(path);
            }
        }
        catch (FileNotFoundException)
        {
            throw new BenchException("no file was written");
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Makes one, in the kernel's cache.</summary>
    internal static void Make(string path, long bytes)
    {
        using FileStream file = CopyTarget.NewFile(path);
        for (long position = 0; position < bytes; position += ReadBytes)
        {
            file.Write(s_pattern.Slice(position, (int)Math.Min(bytes - position, ReadBytes)));
        }
    }

    private static void Verify(string path)
    {
        using FileStream file = File.OpenRead(path);
        byte[] buffer = new byte[ReadBytes];
        long position = 0;
        for (int count; (count = file.Read(buffer)) > 0; position += count)
        {
            BenchException.Require(
                s_pattern.Matches(buffer.AsSpan(0, count), position),
                $"wrong bytes in the file between {position} and {position + count}");
        }
    }
}

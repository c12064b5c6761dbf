// The folder of a run: what files are read from, and where files are written.
using System.Net.Sockets;
using Xunit;

namespace Zerocopy.Soak;

internal static class SoakFiles
{
    /// <summary>Of the file that is read: the pattern from its beginning.</summary>
    internal const int SourceBytes = 16 << 20;

    internal static string Folder { get; } = Directory.CreateTempSubdirectory("zerocopy-soak-").FullName;

    internal static string Source { get; } = WriteSource();

    /// <summary>A file of its own, which is gone when it is closed.</summary>
    internal static FileStream Create() => new(
        Path.Combine(Folder, Path.GetRandomFileName()),
        FileMode.CreateNew,
        FileAccess.ReadWrite,
        FileShare.None,
        bufferSize: 0,
        FileOptions.DeleteOnClose);

    internal static UnixDomainSocketEndPoint NewSocketPath() => new(Path.Combine(Folder, Path.GetRandomFileName()));

    internal static FileStream OpenSource()
        => new(Source, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);

    /// <summary>Fails unless the file holds exactly this content from a position on.</summary>
    internal static void AssertHolds(FileStream file, long position, Content content)
    {
        Assert.Equal(position + content.Bytes, RandomAccess.GetLength(file.SafeFileHandle));
        for (long done = 0; done < content.Bytes;)
        {
            int count = RandomAccess.Read(file.SafeFileHandle, Crew.Buffer, position + done);
            Assert.True(count > 0, $"the file ends after {done} of {content}");
            Pattern.Default.AssertEqual(Crew.Buffer.AsSpan(0, count), content.Start + done);
            done += count;
        }
    }

    internal static void Delete() => Directory.Delete(Folder, recursive: true);

    private static string WriteSource()
    {
        string path = Path.Combine(Folder, "source");
        using FileStream file = File.Create(path);
        file.Write(Pattern.Default.Bytes(0, SourceBytes));
        return path;
    }
}

// Files of the tests: on the file system of the temporary directory, and in memory.
using Microsoft.Win32.SafeHandles;
using Zerocopy.Conformance.Harness;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Files;

/// <summary>Where a file is: file systems differ in what they let the kernel move.</summary>
public enum Place
{
    Disk,
    Memory,
}

/// <summary>A file that is gone after its test.</summary>
internal sealed class PlacedFile : IDisposable
{
    private const string MemoryDirectory = "/dev/shm";

    internal PlacedFile(Place place, ReadOnlySpan<byte> content = default)
        : this(DirectoryOf(place), content)
    {
    }

    internal PlacedFile(string directory, ReadOnlySpan<byte> content)
    {
        Path = System.IO.Path.Combine(directory, System.IO.Path.GetRandomFileName());
        using FileStream stream = File.Create(Path);
        stream.Write(content);
    }

    internal string Path { get; }

    internal static PlacedFile OfPattern(Place place, int length, Pattern? pattern = null)
        => new(place, (pattern ?? Pattern.Default).Bytes(0, length));

    internal static string DirectoryOf(Place place)
        => place == Place.Memory && Directory.Exists(MemoryDirectory) ? MemoryDirectory : System.IO.Path.GetTempPath();

    internal FileStream Open(
        FileAccess access = FileAccess.ReadWrite,
        int bufferBytes = 4096,
        FileOptions options = FileOptions.None,
        FileMode mode = FileMode.Open)
        => new(Path, mode, access, FileShare.ReadWrite | FileShare.Delete, bufferBytes, options);

    internal SafeFileHandle OpenHandle(FileAccess access = FileAccess.ReadWrite)
        => File.OpenHandle(Path, FileMode.Open, access, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>What is in the file, also while somebody writes it.</summary>
    internal byte[] ReadBytes()
    {
        using FileStream stream = Open(FileAccess.Read, bufferBytes: 0);
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    public void Dispose() => File.Delete(Path);
}

/// <summary>What a bare handle knows of itself.</summary>
internal static class HandleState
{
    internal static StatusFlags FlagsOf(System.Runtime.InteropServices.SafeHandle handle)
        => (StatusFlags)(int)On(handle, Syscall.GetStatusFlags);

    internal static void SetFlags(System.Runtime.InteropServices.SafeHandle handle, StatusFlags flags)
        => On(handle, fd => Syscall.SetStatusFlags(fd, flags));

    internal static long PositionOf(System.Runtime.InteropServices.SafeHandle handle)
        => On(handle, static fd => Syscall.Seek(fd, 0, SeekFrom.Current));

    internal static void Seek(System.Runtime.InteropServices.SafeHandle handle, long position)
        => On(handle, fd => Syscall.Seek(fd, position, SeekFrom.Start));

    private static long On(System.Runtime.InteropServices.SafeHandle handle, Func<BorrowedFd, SysResult> call)
    {
        Xunit.Assert.True(FdLease.TryAcquire(handle, out FdLease lease), "a closed handle");
        using (lease)
        {
            SysResult result = call(lease.Fd);
            Xunit.Assert.False(result.IsError, $"{result}");
            return result.Value;
        }
    }
}

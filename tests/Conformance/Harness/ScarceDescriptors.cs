// A process that has no descriptor left, but for those that it is given.
using System.Globalization;
using Xunit;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Harness;

/// <summary>While it lives every number below the limit is taken, also those that were free in between: what is closed
/// can be opened again, and nothing else. For a child whose threads are there already.</summary>
internal sealed class ScarceDescriptors : IDisposable
{
    private readonly Queue<int> _fillers = new();
    private readonly long _before;

    internal ScarceDescriptors()
    {
        FdCaches.Empty();
        int highest = Directory.GetFileSystemEntries("/proc/self/fd")
            .Max(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture));
        _before = Libc.OpenFilesLimit(highest + 1);
        while (Open() is { IsError: false } filler)
        {
            _fillers.Enqueue((int)filler.Value);
        }
    }

    /// <summary>So many can be opened.</summary>
    /// <returns>Their numbers, in the order in which they will be.</returns>
    internal int[] Free(int count)
    {
        while (_fillers.Count < count)
        {
            long limit = Libc.OpenFilesLimit();
            _ = Libc.OpenFilesLimit(limit + 1);
            _fillers.Enqueue((int)Open().Value);
        }

        int[] free = [.. Enumerable.Range(0, count).Select(_ => _fillers.Dequeue())];
        Assert.All(free, filler => Assert.False(Syscall.Close(filler).IsError));
        return [.. free.Order()];
    }

    public void Dispose()
    {
        _ = Libc.OpenFilesLimit(_before);
        foreach (int filler in _fillers)
        {
            _ = Syscall.Close(filler);
        }
    }

    private static SysResult Open() => Syscall.Socket(SocketDomain.Unix, SocketKind.Stream, SocketFlags.CloseOnExec);
}

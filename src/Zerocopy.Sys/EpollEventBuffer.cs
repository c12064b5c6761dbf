// Room for events, in the layout that this processor's kernel writes: packed on x64 alone.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Zerocopy.Sys;

/// <summary>One event of <see cref="Syscall.EpollWait"/>.</summary>
/// <param name="Events">What happened.</param>
/// <param name="Token">What was given with <see cref="Syscall.EpollAdd"/>.</param>
public readonly record struct EpollEvent(EpollEvents Events, ulong Token);

/// <summary>Native memory for a fixed number of events.</summary>
/// <remarks>Allocates: the object and its memory, once; reading events nothing. Threads: belongs to
/// one waiter at a time.</remarks>
/// <seealso href="https://man7.org/linux/man-pages/man2/epoll_wait.2.html">epoll_wait(2)</seealso>
public sealed unsafe class EpollEventBuffer : IDisposable
{
    /// <summary>Makes room.</summary>
    /// <param name="capacity">Events for one wait, 1 or more.</param>
    public EpollEventBuffer(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        Start = (byte*)NativeMemory.AllocZeroed((nuint)capacity, (nuint)EpollEventLayout.Size);
        Capacity = capacity;
    }

    /// <summary>Frees the memory if nobody has.</summary>
    ~EpollEventBuffer() => Free();

    /// <summary>How many events one wait can fetch; 0 once disposed.</summary>
    public int Capacity { get; private set; }

    internal byte* Start { get; private set; }

    /// <summary>One event of the last wait. Those past its result are stale.</summary>
    /// <param name="index">From 0 to below <see cref="Capacity"/>.</param>
    public EpollEvent this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Capacity);
            byte* item = Start + (nint)index * EpollEventLayout.Size;
            return new EpollEvent(
                (EpollEvents)Unsafe.ReadUnaligned<uint>(item),
                Unsafe.ReadUnaligned<ulong>(item + EpollEventLayout.TokenOffset));
        }
    }

    /// <summary>Frees the memory. No wait may be running.</summary>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.Free(Start);
        Start = null;
        Capacity = 0;
    }
}

/// <summary>Size and offset of <c>struct epoll_event</c>; the first four bytes are the events.
/// The JIT folds both into constants.</summary>
internal static class EpollEventLayout
{
    internal const int SizeMax = 16;

    private static readonly int s_size = SizeOn(RuntimeInformation.ProcessArchitecture);

    internal static int Size => s_size;

    internal static int TokenOffset => s_size - sizeof(ulong);

    internal static int SizeOn(Architecture processor) => processor == Architecture.X64 ? 12 : 16;
}

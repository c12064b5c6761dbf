namespace Zerocopy;

/// <summary>What a <see cref="Pipe"/> is made of: a pipe of the kernel, or a queue in memory.</summary>
internal abstract class PipeCore
{
    internal const int CapacityDefault = 64 * 1024;

    private volatile bool _hasBegun;

    /// <summary>False where the kernel has no pipe for us: another platform, the switch, a sandbox.</summary>
    internal static bool IsKernelThere => Platform.HasKernel && !KernelPipe.IsRefused;

    internal abstract bool IsKernelPipe { get; }

    /// <summary>What gets every byte that leaves it.</summary>
    internal TeeSet Tees { get; } = new();

    /// <summary>Held while bytes leave under a tee: the tee and the taking belong together.</summary>
    internal Lock Gate { get; } = new();

    /// <summary>True once bytes were, or may have been, moved in or out.</summary>
    internal bool HasBegun => _hasBegun;

    /// <summary>True if it gets what leaves another pipe.</summary>
    internal bool IsTarget { get; set; }

    /// <summary>The pipes that get what leaves this one, in the order of <see cref="Tees"/>.</summary>
    internal List<PipeCore> Targets { get; } = [];

    /// <summary>Why nothing more comes in, if that is not a clean end of stream.</summary>
    internal Exception? Fault { get; private protected set; }

    internal abstract bool IsReadClosed { get; }

    internal abstract bool IsWriteClosed { get; }

    /// <summary>Makes one, in the kernel if it can be had.</summary>
    internal static PipeCore Create(int? capacity)
        => (IsKernelThere ? KernelPipe.TryCreate(capacity ?? CapacityDefault) : null)
            ?? (PipeCore)new MemoryPipe(capacity ?? CapacityDefault);

    internal abstract int GetCapacity();

    internal abstract void SetCapacity(int bytes);

    internal abstract int GetAvailable();

    /// <summary>Closes both ends. Nobody sees one of them closed and takes it for the end of the stream.</summary>
    internal abstract void Dispose();

    internal abstract void CloseRead();

    /// <param name="fault">What readers get instead of an end of stream, after the bytes.</param>
    internal abstract void CloseWrite(Exception? fault);

    internal void Begin() => _hasBegun = true;

    /// <summary>True if what leaves it ends up in <paramref name="other"/>.</summary>
    internal bool Feeds(PipeCore other) => Targets.Exists(target => target == other || target.Feeds(other));
}
